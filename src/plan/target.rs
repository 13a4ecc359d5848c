//! The systems under test and the pools that reach them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Version;

/// All targets by name; the default one of each kind is named after its kind: `postgres`, `redis`, `http`.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// PostgreSQL targets.
    pub postgres: BTreeMap<String, PostgresTarget>,
    /// Redis targets.
    pub redis: BTreeMap<String, RedisTarget>,
    /// HTTP servers, which may take WebSockets too.
    pub http: BTreeMap<String, HttpTarget>,
    /// The oldest version that the scenario can be played against, by target, where it needs one.
    pub least: BTreeMap<String, Version>,
}

/// One PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresTarget {
    /// A `postgres://` URL or a key=value connection string; `None` until a throwaway server gives one.
    pub url: Option<SecretUrl>,
    /// How statements travel.
    pub statements: StatementMode,
    /// Its pool.
    pub pool: PoolPlan,
    /// How sessions introduce themselves.
    pub session: SessionPlan,
    /// Settings of its server where throng starts one.
    pub server: ServerSettings,
}

/// Settings of a throwaway server, by name, as they stand in its configuration file.
pub type ServerSettings = BTreeMap<String, String>;

/// How throng's sessions introduce themselves to a PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionPlan {
    /// Their `application_name`, unless the connection string has one.
    pub application_name: Option<String>,
    /// What the server is to look after.
    pub guard: Guard,
}

/// What a server looks after itself in throng's sessions, so that a throng which was killed leaves nothing behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Guard {
    /// Nothing: a pooler stands before it, which would lend a session with limits to somebody else.
    #[default]
    None,
    /// Limits on statements, on waiting for locks, and on idling in a transaction.
    Limits,
    /// The same, and a look now and then whether the client is still there, in the middle of a statement.
    Watched,
}

/// One Redis.
#[derive(Debug, Clone)]
pub struct RedisTarget {
    /// A `redis://`, `rediss://` or `redis+unix://` URL; `None` until a throwaway server gives one.
    pub url: Option<SecretUrl>,
    /// Its pool.
    pub pool: PoolPlan,
    /// Settings of its server where throng starts one.
    pub server: ServerSettings,
}

/// One HTTP server.
#[derive(Debug, Clone)]
pub struct HttpTarget {
    /// An `http://` or `https://` URL that requests' paths are put behind; there is no throwaway server of this kind.
    pub url: Option<SecretUrl>,
    /// Its pool.
    pub pool: PoolPlan,
}

/// How statements travel to PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatementMode {
    /// Prepared once a connection and cached.
    #[default]
    Prepared,
    /// Extended protocol with the unnamed statement: one round trip, nothing kept on the server.
    Unnamed,
    /// Simple protocol: parameters quoted into the text, all results are strings.
    Simple,
}

/// Connections of a pool when nothing else is said: as many as users, but no more than this. More rarely help
/// a server, and this is half of what PostgreSQL allows unless told otherwise.
const DEFAULT_CONNECTIONS: u64 = 50;

/// A pool of connections.
#[derive(Debug, Clone)]
pub struct PoolPlan {
    /// Who shares the connections.
    pub sharing: PoolSharing,
    /// Connections over all workers; `None` means as many as users, at most 50.
    pub size: Option<u32>,
    /// Age at which a connection is replaced.
    pub lifetime: Option<Duration>,
    /// How long a user waits for a connection.
    pub acquire_timeout: Duration,
    /// Connections of the server that are left to others, where it tells how many it has.
    pub reserve: u64,
}

/// Left free unless told otherwise: enough for an application's own small pool, or for people who look what is wrong.
const DEFAULT_RESERVE: u64 = 10;

impl Default for PoolPlan {
    fn default() -> Self {
        Self {
            sharing: PoolSharing::Shared,
            size: None,
            lifetime: None,
            acquire_timeout: Duration::from_secs(30),
            reserve: DEFAULT_RESERVE,
        }
    }
}

impl PoolPlan {
    /// Most connections that `users` have among them, over all workers: those of the pool that they share, or one each.
    pub fn connections(&self, users: u64) -> u64 {
        match self.sharing {
            PoolSharing::User => users,
            PoolSharing::Shared | PoolSharing::Persona => self.size.map_or(users.min(DEFAULT_CONNECTIONS), u64::from),
        }
    }
}

impl Targets {
    /// All pools, of whatever kind, by the name of their target.
    pub fn pools(&self) -> impl Iterator<Item = (&String, &PoolPlan)> {
        let postgres = self.postgres.iter().map(|(name, target)| (name, &target.pool));
        let redis = self.redis.iter().map(|(name, target)| (name, &target.pool));
        postgres.chain(redis).chain(self.http.iter().map(|(name, target)| (name, &target.pool)))
    }
}

/// Who shares the connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PoolSharing {
    /// All users of the target.
    #[default]
    Shared,
    /// The users of one persona.
    Persona,
    /// Nobody: one connection a user, kept while the user lives.
    User,
}

/// A URL whose password never shows.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Wraps a URL or connection string.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole text, password included; for drivers only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.0))
    }
}

/// Replaces what may be a password by `***`, in a URL or a key=value string, however wrong it is written.
fn redact(url: &str) -> String {
    let text = redact_options(url);
    let start = text.find("://").map_or(0, |scheme| scheme + 3);
    // A password that was pasted in as it is may hold any character, so only the last `@` surely ends it.
    match (text[start..].find(':').map(|colon| start + colon), text.rfind('@')) {
        (Some(colon), Some(at)) if colon < at => format!("{}***{}", &text[..=colon], &text[at..]),
        _ => text,
    }
}

/// Hides the value of each `password=…`, in a query string or among key=value pairs, and of Redis's `pass=…`.
fn redact_options(text: &str) -> String {
    const KEY: &str = "pass";
    let is_url = text.contains("://");
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(KEY) {
        let length = at + if rest[at..].starts_with("password") { "password".len() } else { KEY.len() };
        let (before, after) = rest.split_at(length);
        shown.push_str(before);
        rest = after;
        if let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) {
            shown.push_str("=***");
            rest = &value[value_length(value, is_url)..];
        }
    }
    shown + rest
}

/// How far an option's value goes: in a URL to the next option, else to the next space that is neither quoted nor escaped.
fn value_length(value: &str, is_url: bool) -> usize {
    if is_url {
        return value.find('&').unwrap_or(value.len());
    }
    let quoted = value.starts_with('\'');
    let mut characters = value.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\'' if quoted => return at + 1,
            _ if !quoted && character.is_whitespace() => return at,
            _ => {}
        }
    }
    value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_as_many_as_users_up_to_a_limit_unless_a_size_is_given() {
        let connections = |sharing, size, users| PoolPlan { sharing, size, ..PoolPlan::default() }.connections(users);
        for sharing in [PoolSharing::Shared, PoolSharing::Persona] {
            assert_eq!([3, 50, 900].map(|users| connections(sharing, None, users)), [3, 50, 50]);
            assert_eq!([3, 900].map(|users| connections(sharing, Some(80), users)), [80, 80]);
        }
        assert_eq!([3, 900].map(|users| connections(PoolSharing::User, Some(80), users)), [3, 900]);
    }

    #[test]
    fn a_password_never_shows() {
        for (url, shown) in [
            ("postgres://me:secret@db:5432/app", "postgres://me:***@db:5432/app"),
            ("postgres://me@db/app?password=secret&x=1", "postgres://me@db/app?password=***&x=1"),
            ("host=db password='se cret' user=me", "host=db password=*** user=me"),
            ("redis://:secret@cache", "redis://:***@cache"),
            ("postgres://me:p@ss@db/app", "postgres://me:***@db/app"),
            ("me:secret@db/app", "me:***@db/app"),
            ("postgres://me:sec/ret@db:1/app", "postgres://me:***@db:1/app"),
            ("postgres://me:se#c?ret@db/app", "postgres://me:***@db/app"),
            ("redis+unix:///tmp/redis.sock?db=2&pass=secret", "redis+unix:///tmp/redis.sock?db=2&pass=***"),
            ("redis://:se/c@ret@cache", "redis://:***@cache"),
            (r"host=db password = 'se\'cret' user=me", "host=db password=*** user=me"),
            (r"password=se\ &cret user=me", "password=*** user=me"),
            ("postgres://me@db:5432/app", "postgres://me@db:5432/app"),
            ("postgres://db:5432/app", "postgres://db:5432/app"),
            ("https://me:sec/r@et@web:8443/api#insecure", "https://me:***@web:8443/api#insecure"),
        ] {
            assert_eq!(SecretUrl::new(url).to_string(), shown);
        }
    }
}
