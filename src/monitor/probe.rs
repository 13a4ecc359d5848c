//! A look at each target before the load: is it there, does it let us in, is it new enough?

use crate::drivers::redis::Command;
use crate::drivers::{self, Failure};
use crate::plan::Limits;
use crate::plan::target::{PostgresTarget, RedisTarget, SecretUrl};

/// A target that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It can't be reached, or refuses.
    #[error("target `{name}` at {address}: {source}")]
    Refused {
        /// The target's name.
        name: String,
        /// Where it is, without a password.
        address: String,
        /// What happened.
        source: Box<Failure>,
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
}

/// What a look at a target found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The server's version.
    pub version: String,
    /// Where it is, without a password.
    pub address: String,
}

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
    let connection = drivers::postgres::Connection::open(target, limits).await.map_err(refused)?;
    let statement = drivers::postgres::Statement::plain("SHOW server_version");
    let rows = connection.query(&statement, &[]).await.map_err(refused)?;
    let mut scratch = String::new();
    let version = match rows.value(0, 0, &mut scratch).map_err(refused)? {
        drivers::postgres::Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    };
    connection.close().await;
    check("PostgreSQL", name, address, version, OLDEST_POSTGRES)
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
    let mut lease = pool.acquire().await.map_err(refused)?;
    let info = lease.call(&command, limits.statement).await.map_err(refused)?;
    let text = match info {
        redis::Value::BulkString(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        redis::Value::VerbatimString { text, .. } => text,
        _ => String::new(),
    };
    let version = text.lines().find_map(|line| line.strip_prefix("redis_version:")).unwrap_or("").trim().to_owned();
    check("Redis", name, address, version, OLDEST_REDIS)
}

fn refused(name: &str, address: &str, failure: Failure) -> ProbeError {
    ProbeError::Refused { name: name.to_owned(), address: address.to_owned(), source: Box::new(failure) }
}

fn check(kind: &'static str, name: &str, address: String, version: String, least: u32) -> Result<Probed, ProbeError> {
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major < least => {
            Err(ProbeError::TooOld { name: name.to_owned(), address, kind, version, least })
        }
        _ => Ok(Probed { version, address }),
    }
}

fn address(url: Option<&SecretUrl>) -> String {
    url.map(SecretUrl::to_string).unwrap_or_default()
}
