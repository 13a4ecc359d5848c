//! What is watched while a run goes on.

/// What is watched; all of it unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Monitoring {
    /// The PostgreSQL targets.
    pub postgres: bool,
    /// The Redis targets.
    pub redis: bool,
    /// The machine.
    pub host: bool,
    /// How many keys of each Redis are sized after the load, at most.
    pub big_keys: u64,
}

impl Default for Monitoring {
    fn default() -> Self {
        Self { postgres: true, redis: true, host: true, big_keys: 0 }
    }
}

/// What a source can tell over time: what thresholds may look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The source's name.
    pub source: String,
    /// The samplers that follow something, and their figures; in no version of a server are there others.
    pub samplers: Vec<(&'static str, Vec<&'static str>)>,
}

/// Something that need not be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watchable {
    /// The PostgreSQL targets.
    Postgres,
    /// The Redis targets.
    Redis,
    /// The machine.
    Host,
    /// Everything.
    All,
}

impl Watchable {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Postgres, Self::Redis, Self::Host, Self::All];

    /// Its word in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Host => "host",
            Self::All => "all",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|watchable| watchable.name() == name)
    }
}

impl Monitoring {
    /// Everything but these.
    pub fn without(these: &[Watchable]) -> Self {
        let watched = |watchable| !these.contains(&watchable) && !these.contains(&Watchable::All);
        Self {
            postgres: watched(Watchable::Postgres),
            redis: watched(Watchable::Redis),
            host: watched(Watchable::Host),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_watched_but_what_is_named() {
        assert_eq!(Monitoring::without(&[]), Monitoring::default());
        assert_eq!(Monitoring::without(&[Watchable::Redis]), Monitoring { redis: false, ..Monitoring::default() });
        let nothing = Monitoring { postgres: false, redis: false, host: false, big_keys: 0 };
        assert_eq!(Monitoring::without(&[Watchable::All]), nothing);
    }
}
