//! A look at each target before the load: is it there, does it let us in, is it new enough?

use super::PATIENCE;
use super::redis::text;
use super::stranger::{self, Stranger};
use crate::drivers::redis::Command;
use crate::drivers::{self, Failure};
use crate::plan::target::{Guard, HttpTarget, PostgresTarget, RedisTarget, SecretUrl, SessionPlan};
use crate::plan::{Limits, Version};

/// A target that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It can't be reached, or refuses.
    #[error("target `{name}` at {address}: {source}{}", source.hint_line())]
    Refused {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
        /// What happened.
        source: Box<Failure>,
    },
    /// It would not let in as many connections as are asked for.
    #[error(
        "target `{name}` at {address} has room for {free} more connections, {reserve} of them for others; the run needs {wanted}\nhint: ask for fewer with `--connections`, leave fewer to others with `--reserve`, raise `max_connections` of the server, or add `--force` if a pooler in front of it makes more of them"
    )]
    NoRoom {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
        /// The connections of the users' pools and the session's own.
        wanted: u64,
        /// How many more it would let in.
        free: u64,
        /// Of those, how many are left to others.
        reserve: u64,
    },
    /// Another kind of server answers there.
    #[error(
        "target `{name}` at {address}: what answers there is a {}\nhint: give it with `{}`, or mend the port",
        stranger.name(), stranger.flag()
    )]
    Stranger {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
        /// What answers.
        stranger: Stranger,
    },
    /// Its database is marked as production.
    #[error(
        "target `{name}` at {address} is production: its database has the setting `throng.production`\nhint: if that is meant, add `--force`"
    )]
    Production {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
    },
    /// It is older than what throng can play against.
    #[error("target `{name}` at {address} is {kind} {version}; throng needs {kind} {least} or newer")]
    TooOld {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
        /// `PostgreSQL` or `Redis`.
        kind: &'static str,
        /// Its version.
        version: String,
        /// The oldest that will do.
        least: u32,
    },
    /// It is older than what the scenario asks of it.
    #[error("target `{name}` at {address} is version {version}; the scenario needs {least} or newer")]
    TooOldForScenario {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
        /// Its version.
        version: String,
        /// The oldest that will do.
        least: Version,
    },
}

/// What a look at a target found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The server's version.
    pub version: String,
    /// Where it is, without a password.
    pub address: String,
    /// How many more connections it would let in, if it tells.
    pub room: Option<u64>,
    /// What it can look after itself.
    pub guard: Guard,
    /// Whether its database is marked as production: `ALTER DATABASE name SET throng.production = on`.
    pub production: bool,
    /// The `application_name` of other runs of throng with connections to it.
    pub other_runs: Vec<String>,
}

/// What PostgreSQL leaves to the user who asks. Reserved connections are a superuser's too; PostgreSQL 16 has
/// a second reserve. Whose backends are others' shows without rights, but not what kind they are.
const ROOM: &str = "
    SELECT (current_setting('max_connections')::int
        - CASE WHEN current_setting('is_superuser') = 'on' THEN 0
          ELSE current_setting('superuser_reserved_connections')::int
               + coalesce(current_setting('reserved_connections', true), '0')::int END
        - (SELECT count(*) FROM pg_stat_activity
           WHERE pid <> pg_backend_pid() AND datid IS NOT NULL
             AND coalesce(backend_type, 'client backend') = 'client backend'))::text";

/// The runs of throng that have connections, one a line.
const RUNS: &str = "
    SELECT coalesce(string_agg(DISTINCT application_name, E'\\n'), '') FROM pg_stat_activity
    WHERE application_name LIKE 'throng %' AND pid <> pg_backend_pid()";

/// Whether the database, or the role in it, bears the mark of production.
const PRODUCTION: &str =
    "SELECT (coalesce(current_setting('throng.production', true), '') IN ('on', 'true', 'yes', '1'))::text";

/// Who told the limit on statements that is in force: the session itself as it began, or a pooler for it, and not the
/// database, the role or the server's file, whose limit would be in force whether throng's got through or not.
const TOLD_BY: &str = "SELECT source FROM pg_settings WHERE name = 'statement_timeout' AND setting <> '0'";

/// Redis before 5 has no streams.
const OLDEST_REDIS: u32 = 5;

/// PostgreSQL 13 is the oldest that is looked after, and the oldest whose views throng knows.
const OLDEST_POSTGRES: u32 = 13;

/// Looks at a PostgreSQL target.
///
/// # Errors
/// When it can't be reached, refuses, or is too old.
pub async fn postgres(name: &str, target: &PostgresTarget, limits: &Limits) -> Result<Probed, ProbeError> {
    let address = address(target.url.as_ref());
    let refused = |failure| refused(name, &address, failure);
    let limits = &limits.with_statement(PATIENCE);
    let opening = drivers::postgres::Connection::open(target, limits);
    let connection = match stranger::unless_met(Stranger::Redis, target.url.as_ref(), opening).await {
        Some(opened) => opened.map_err(refused)?,
        None => return Err(ProbeError::Stranger { name: name.to_owned(), address, stranger: Stranger::Redis }),
    };
    let version = text_of(&connection, "SHOW server_version").await.map_err(refused)?;
    // What only speaks PostgreSQL's protocol may not know its settings.
    let room = text_of(&connection, ROOM).await.ok().and_then(|room| room.parse::<i64>().ok());
    let production = text_of(&connection, PRODUCTION).await.is_ok_and(|marked| marked == "true");
    let own = target.session.application_name.as_deref().unwrap_or_default();
    let other_runs = other_runs(&connection, own).await.unwrap_or_default();
    connection.close().await;
    let room = room.map(|room| room.max(0).unsigned_abs());
    let guard = guard(target, limits).await;
    check("PostgreSQL", name, Probed { version, address, room, guard, production, other_runs }, OLDEST_POSTGRES)
}

/// What other runs call themselves that have connections now.
async fn other_runs(connection: &drivers::postgres::Connection, own: &str) -> Result<Vec<String>, Failure> {
    let text = text_of(connection, RUNS).await?;
    Ok(text.lines().filter(|name| *name != own).map(str::to_owned).collect())
}

/// Tries what the server can look after: an old one has no such settings, and a pooler refuses or forgets them.
async fn guard(target: &PostgresTarget, limits: &Limits) -> Guard {
    for guard in [Guard::Watched, Guard::Limits] {
        let guarded = PostgresTarget { session: SessionPlan { guard, ..target.session.clone() }, ..target.clone() };
        let Ok(connection) = drivers::postgres::Connection::open(&guarded, limits).await else { continue };
        let told_by = text_of(&connection, TOLD_BY).await;
        connection.close().await;
        if told_by.is_ok_and(|who| who == "client" || who == "session") {
            return guard;
        }
    }
    Guard::None
}

/// The only value of a statement, a text.
pub(super) async fn text_of(connection: &drivers::postgres::Connection, sql: &str) -> Result<String, Failure> {
    let rows = connection.query(&drivers::postgres::Statement::plain(sql), &[]).await?;
    let mut scratch = String::new();
    if rows.is_empty() {
        return Ok(String::new());
    }
    Ok(match rows.value(0, 0, &mut scratch)? {
        drivers::postgres::Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    })
}

/// Looks at a Redis target.
///
/// # Errors
/// When it can't be reached, refuses, or is too old.
pub async fn redis(name: &str, target: &RedisTarget, limits: &Limits) -> Result<Probed, ProbeError> {
    let address = address(target.url.as_ref());
    let refused = |failure| refused(name, &address, failure);
    let pool = drivers::redis::Pool::new(name, target, 1, limits).map_err(refused)?;
    let mut command = Command::new(b"INFO");
    command.arg(b"server");
    let mut lease = match stranger::unless_met(Stranger::Postgres, target.url.as_ref(), pool.acquire()).await {
        Some(lease) => lease.map_err(refused)?,
        None => return Err(ProbeError::Stranger { name: name.to_owned(), address, stranger: Stranger::Postgres }),
    };
    let info = lease.call(&command, PATIENCE).await.map_err(refused)?;
    let text = text(&info);
    let version = text.lines().find_map(|line| line.strip_prefix("redis_version:")).unwrap_or("").trim().to_owned();
    check(
        "Redis",
        name,
        Probed { version, address, room: None, guard: Guard::None, production: false, other_runs: Vec::new() },
        OLDEST_REDIS,
    )
}

/// Opens a connection to an HTTP target, which is asked nothing; where it is, without a password.
///
/// # Errors
/// When it can't be reached, or TLS comes to nothing.
pub async fn http(name: &str, target: &HttpTarget, limits: &Limits) -> Result<String, ProbeError> {
    let address = address(target.url.as_ref());
    let reached = match drivers::http::Pool::new(name, target, 1, limits) {
        Ok(pool) => pool.acquire().await.map(drop),
        Err(failure) => Err(failure),
    };
    match reached {
        Ok(()) => Ok(address),
        Err(failure) => Err(refused(name, &address, failure)),
    }
}

fn refused(name: &str, address: &str, failure: Failure) -> ProbeError {
    ProbeError::Refused { name: name.to_owned(), address: address.to_owned(), source: Box::new(failure) }
}

/// Refuses a target that is older than the scenario needs.
///
/// # Errors
/// When it is.
pub fn check_version(name: &str, probed: &Probed, least: Option<Version>) -> Result<(), ProbeError> {
    match (Version::parse(&probed.version), least) {
        (Some(version), Some(least)) if version < least => Err(ProbeError::TooOldForScenario {
            name: name.to_owned(),
            address: probed.address.clone(),
            version: probed.version.clone(),
            least,
        }),
        _ => Ok(()),
    }
}

fn check(kind: &'static str, name: &str, probed: Probed, least: u32) -> Result<Probed, ProbeError> {
    let Probed { version, address, .. } = &probed;
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major < least => {
            let (name, address, version) = (name.to_owned(), address.clone(), version.clone());
            Err(ProbeError::TooOld { name, address, kind, version, least })
        }
        _ => Ok(probed),
    }
}

fn address(url: Option<&SecretUrl>) -> String {
    url.map(SecretUrl::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_is_refused_with_both_versions() {
        let of = |version: &str| Probed {
            version: version.to_owned(),
            address: "postgres://db".to_owned(),
            room: None,
            guard: Guard::None,
            production: false,
            other_runs: Vec::new(),
        };
        let error = check("PostgreSQL", "main", of("9.6.24"), OLDEST_POSTGRES).expect_err("too old").to_string();
        assert_eq!(error, "target `main` at postgres://db is PostgreSQL 9.6.24; throng needs PostgreSQL 13 or newer");
        assert!(check("PostgreSQL", "main", of("12.22 (Debian 12.22-1)"), OLDEST_POSTGRES).is_err());
        for version in ["13.0", "15.8 (Debian 15.8-0+deb12u1)", "18beta1", "17", "unheard of"] {
            assert_eq!(check("PostgreSQL", "main", of(version), OLDEST_POSTGRES).expect("new enough"), of(version));
        }
        assert!(check("Redis", "cache", of("4.0.14"), OLDEST_REDIS).is_err());
        assert!(check("Redis", "cache", of("7.0.15"), OLDEST_REDIS).is_ok());
    }
}
