//! One Redis command with its arguments as byte strings.

use std::fmt;
use std::time::Duration;

use redis::{Arg, Cmd};

use crate::drivers::Failure;

/// A command to send.
#[derive(Debug, Clone)]
pub struct Command(Cmd);

/// How long a command may wait on the server by its own wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// At most so long; most commands do not wait at all.
    Most(Duration),
    /// Until something comes.
    Forever,
}

/// Commands that change what a connection is, and so may not be sent on one that is shared.
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

impl Command {
    /// A command without arguments yet, such as `GET`; one of two words, such as `CLIENT LIST`, is two arguments.
    pub fn new(name: &[u8]) -> Self {
        let mut cmd = Cmd::new();
        cmd.arg(name);
        Self(cmd)
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: &[u8]) -> &mut Self {
        self.0.arg(argument);
        self
    }

    /// Adds several arguments.
    pub fn args<A: AsRef<[u8]>>(&mut self, arguments: impl IntoIterator<Item = A>) -> &mut Self {
        for argument in arguments {
            self.0.arg(argument.as_ref());
        }
        self
    }

    /// Its name in capitals.
    pub fn name(&self) -> String {
        self.argument(0).map(|name| String::from_utf8_lossy(name).to_ascii_uppercase()).unwrap_or_default()
    }

    /// Refuses a command that would change the connection for whoever uses it next.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let name = self.name();
        let reply_off = name == "CLIENT" && self.argument(1).is_some_and(|word| word.eq_ignore_ascii_case(b"REPLY"));
        let advice = UNFIT.iter().find(|(unfit, _)| *unfit == name).map(|(_, advice)| *advice);
        match advice.or(reply_off.then_some("every command here waits for its reply")) {
            Some(advice) => Err(Failure::Misuse {
                message: format!("`{name}` would change a connection that others use next"),
                hint: Some(advice.into()),
            }),
            None => Ok(()),
        }
    }

    /// How long the command itself asks the server to wait.
    pub(super) fn block(&self) -> Block {
        let last = self.0.args_iter().len() - 1;
        match self.name().as_str() {
            // The timeout in seconds comes last.
            "BLPOP" | "BRPOP" | "BRPOPLPUSH" | "BLMOVE" | "BZPOPMIN" | "BZPOPMAX" => self.seconds(last),
            // … or first.
            "BLMPOP" | "BZMPOP" => self.seconds(1),
            // The timeout in milliseconds comes last.
            "WAIT" | "WAITAOF" => self.millis(last),
            // … or after a word that must come before the keys.
            "XREAD" | "XREADGROUP" => (1..last)
                .take_while(|&i| !self.is(i, b"STREAMS"))
                .find(|&i| self.is(i, b"BLOCK"))
                .map_or(Block::Most(Duration::ZERO), |i| self.millis(i + 1)),
            _ => Block::Most(Duration::ZERO),
        }
    }

    pub(super) fn as_cmd(&self) -> &Cmd {
        &self.0
    }

    fn argument(&self, position: usize) -> Option<&[u8]> {
        match self.0.args_iter().nth(position)? {
            Arg::Simple(bytes) => Some(bytes),
            // Cursors belong to the library's own iterators.
            _ => None,
        }
    }

    fn is(&self, position: usize, word: &[u8]) -> bool {
        self.argument(position).is_some_and(|argument| argument.eq_ignore_ascii_case(word))
    }

    fn seconds(&self, position: usize) -> Block {
        self.timeout(position, Duration::try_from_secs_f64)
    }

    fn millis(&self, position: usize) -> Block {
        self.timeout(position, |millis| Duration::try_from_secs_f64(millis / 1000.0))
    }

    /// An argument that is no number is for the server to refuse, which it does at once.
    fn timeout<E>(&self, position: usize, unit: impl Fn(f64) -> Result<Duration, E>) -> Block {
        let number = self.argument(position).and_then(|bytes| std::str::from_utf8(bytes).ok()?.parse::<f64>().ok());
        match number.and_then(|number| unit(number).ok()) {
            Some(Duration::ZERO) => Block::Forever,
            Some(duration) => Block::Most(duration),
            None => Block::Most(Duration::ZERO),
        }
    }
}

/// How much of a command is shown.
const SHOWN: usize = 100;

impl fmt::Display for Command {
    /// Name and arguments on one line, cut off where they get long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.name();
        for position in 1..self.0.args_iter().len() {
            line.push(' ');
            line.push_str(
                &String::from_utf8_lossy(self.argument(position).unwrap_or_default()).escape_debug().to_string(),
            );
            if line.len() > SHOWN {
                let cut: String = line.chars().take(SHOWN).collect();
                return write!(f, "{cut}…");
            }
        }
        f.write_str(&line)
    }
}

impl Block {
    /// The wait of two commands, one after the other.
    pub(super) fn then(self, next: Block) -> Block {
        match (self, next) {
            (Self::Most(first), Self::Most(second)) => Self::Most(first.saturating_add(second)),
            _ => Self::Forever,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Command {
        let mut words = line.split(' ');
        let mut command = Command::new(words.next().unwrap().as_bytes());
        command.args(words);
        command
    }

    #[test]
    fn commands_that_wait_on_the_server_say_how_long() {
        for (line, expected) in [
            ("get block", Block::Most(Duration::ZERO)),
            ("blpop a b 1.5", Block::Most(Duration::from_millis(1500))),
            ("BRPOP a 0", Block::Forever),
            ("BLMOVE a b LEFT RIGHT 2", Block::Most(Duration::from_secs(2))),
            ("BLMPOP 3 1 a LEFT", Block::Most(Duration::from_secs(3))),
            ("WAIT 1 250", Block::Most(Duration::from_millis(250))),
            ("xread count 5 block 70 streams s $", Block::Most(Duration::from_millis(70))),
            ("XREADGROUP GROUP g block BLOCK 0 STREAMS s >", Block::Most(Duration::ZERO)),
            ("XREAD STREAMS block 0", Block::Most(Duration::ZERO)),
            ("BLPOP a nonsense", Block::Most(Duration::ZERO)),
            ("BLPOP a -1", Block::Most(Duration::ZERO)),
            ("BLPOP", Block::Most(Duration::ZERO)),
        ] {
            // A group or consumer named `block` is taken for the option, whose number is then none.
            assert_eq!(command(line).block(), expected, "{line}");
        }
        assert_eq!(Block::Most(Duration::ZERO).then(Block::Forever), Block::Forever);
    }

    #[test]
    fn a_command_that_changes_the_connection_is_refused_with_the_way_that_is_meant() {
        for line in ["multi", "Select 3", "CLIENT reply off", "SUBSCRIBE news", "unsubscribe"] {
            assert!(matches!(command(line).check(), Err(Failure::Misuse { hint: Some(_), .. })), "{line}");
        }
        for line in ["get a", "client list", "publish news x"] {
            assert!(command(line).check().is_ok(), "{line}");
        }
    }
}
