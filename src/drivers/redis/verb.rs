//! The name of a command, and what follows from it.

/// A command's name, looked at once for all that are sent of it.
#[derive(Debug, Clone)]
pub struct Verb {
    name: Vec<u8>,
    kind: Kind,
}

/// What a connection must know of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Plain,
    /// That it changes what the connection is, so that it may not be sent on one that is shared; with what to do instead.
    Unfit(&'static str),
    /// That one of its subcommands does.
    Client,
    /// That it waits for as many seconds as its last argument says,
    SecondsLast,
    /// … or its first,
    SecondsFirst,
    /// for as many milliseconds as its last argument says,
    MillisLast,
    /// … or the one behind the word `BLOCK`, which must come before the keys.
    BlockOption,
}

const UNFIT: [(&str, &str); 19] = [
    ("AUTH", "put user and password into the target's URL"),
    ("DISCARD", "use `transaction`"),
    ("EXEC", "use `transaction`"),
    ("HELLO", "put `?protocol=resp2` or `resp3` into the target's URL"),
    ("MONITOR", "use `redis-cli monitor` beside the run"),
    ("MULTI", "use `transaction`"),
    ("PSUBSCRIBE", "use `subscribe`"),
    ("PSYNC", "only replicas may"),
    ("PUNSUBSCRIBE", "close the subscription"),
    ("QUIT", "the pool opens and closes connections"),
    ("RESET", "the pool opens and closes connections"),
    ("SELECT", "put the database into the target's URL"),
    ("SSUBSCRIBE", "use `subscribe`"),
    ("SUBSCRIBE", "use `subscribe`"),
    ("SUNSUBSCRIBE", "close the subscription"),
    ("SYNC", "only replicas may"),
    ("UNSUBSCRIBE", "close the subscription, or use its `unsubscribe`"),
    ("UNWATCH", "use `transaction`"),
    ("WATCH", "use `transaction` with `watch`"),
];

impl Verb {
    /// Looks at a name.
    pub fn new(name: &[u8]) -> Self {
        Self { name: name.to_vec(), kind: kind(&String::from_utf8_lossy(name).to_ascii_uppercase()) }
    }

    /// The name as it was given.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }
}

fn kind(name: &str) -> Kind {
    match name {
        "CLIENT" => Kind::Client,
        "BLPOP" | "BRPOP" | "BRPOPLPUSH" | "BLMOVE" | "BZPOPMIN" | "BZPOPMAX" => Kind::SecondsLast,
        "BLMPOP" | "BZMPOP" => Kind::SecondsFirst,
        "WAIT" | "WAITAOF" => Kind::MillisLast,
        "XREAD" | "XREADGROUP" => Kind::BlockOption,
        _ => match UNFIT.iter().find(|(unfit, _)| *unfit == name) {
            Some((_, advice)) => Kind::Unfit(advice),
            None => Kind::Plain,
        },
    }
}
