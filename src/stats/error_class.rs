//! What kind of failure an operation met.

use std::fmt;

/// The class under which a failure is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorClass {
    /// PostgreSQL refused: SQLSTATE and its condition name.
    Sqlstate {
        /// Five characters.
        code: String,
        /// The condition's name in PostgreSQL's Appendix A, such as `unique_violation`.
        name: String,
    },
    /// Redis refused: the first word of its error, such as `WRONGTYPE`.
    Redis(String),
    /// An HTTP server could not be reached, or its answer is not what was asked for: what went wrong, such as `dns` or
    /// `status 503`.
    Http(String),
    /// The connection broke, or none could be made.
    ConnectionLost,
    /// A statement, command or operation took longer than its limit.
    Timeout,
    /// No connection came free in time.
    PoolTimeout,
    /// `user:check` found something wrong.
    CheckFailed,
    /// The script raised an error of its own kind.
    Raised(String),
    /// The script is wrong: nil index, wrong type, misuse of the API.
    ScriptBug,
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlstate { code, name } if name.is_empty() => write!(f, "sqlstate {code}"),
            Self::Sqlstate { code, name } => write!(f, "sqlstate {code} {name}"),
            Self::Redis(word) => write!(f, "redis {word}"),
            Self::Http(fault) => write!(f, "http {fault}"),
            Self::ConnectionLost => f.write_str("connection lost"),
            Self::Timeout => f.write_str("timeout"),
            Self::PoolTimeout => f.write_str("pool timeout"),
            Self::CheckFailed => f.write_str("check failed"),
            Self::Raised(kind) => write!(f, "raised {kind}"),
            Self::ScriptBug => f.write_str("script bug"),
        }
    }
}
