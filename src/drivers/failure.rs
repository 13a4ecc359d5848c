//! How a target, or the way to it, can fail.

use std::time::Duration;

use super::http::HttpFault;

/// A failure of one statement, command or connection.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// PostgreSQL answered with an error.
    #[error("{message} (SQLSTATE {code})")]
    Sql {
        /// The five-character SQLSTATE.
        code: String,
        /// Its condition name in PostgreSQL's Appendix A, such as `unique_violation`; empty if unknown.
        name: String,
        /// The primary message.
        message: String,
        /// The server's further fields that came: `detail`, `hint`, `constraint`, `table`, `column`, `schema`, `datatype`, `where`, `position`.
        fields: Vec<(&'static str, String)>,
    },
    /// Redis answered with an error.
    #[error("{message}")]
    Redis {
        /// The first word, such as `WRONGTYPE`.
        word: String,
        /// The whole message.
        message: String,
    },
    /// An HTTP server could not be reached, or its answer is not what was asked for.
    #[error("{message}")]
    Http {
        /// What went wrong.
        fault: HttpFault,
        /// What happened, and at which host; never with a password.
        message: String,
    },
    /// The connection broke, or none could be made.
    #[error("{message}")]
    ConnectionLost {
        /// What happened, and to which host; never with a password.
        message: String,
    },
    /// A limit on time was passed.
    #[error("{what} took longer than {limit:?}")]
    Timeout {
        /// What took too long, such as ``statement `find_member` ``.
        what: String,
        /// The limit.
        limit: Duration,
    },
    /// No connection came free in time.
    #[error("no connection of pool `{pool}` came free within {limit:?}")]
    PoolTimeout {
        /// The pool's name.
        pool: String,
        /// The limit.
        limit: Duration,
    },
    /// The caller's mistake: a value that cannot be sent, a result that cannot be read, a wrong number of parameters.
    #[error("{message}")]
    Misuse {
        /// What is wrong, naming statement and parameter.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

impl Failure {
    /// What to do about it, as a line of its own that begins with `hint:`; empty if nothing is known.
    pub fn hint_line(&self) -> String {
        let hint = match self {
            Self::Misuse { hint, .. } => hint.as_deref(),
            Self::Http { fault, .. } => fault.hint(),
            _ => None,
        };
        hint.map_or_else(String::new, |hint| format!("\nhint: {hint}"))
    }

    /// The failure of a statement that was sent behind `prefix`: positions count from where the statement begins.
    pub fn behind(mut self, prefix: &str) -> Self {
        if let Self::Sql { fields, .. } = &mut self {
            for (name, value) in fields {
                if let ("position", Ok(position)) = (*name, value.parse::<usize>()) {
                    *value = position.saturating_sub(prefix.chars().count()).max(1).to_string();
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_the_statement() {
        let fields = vec![("position", "10".to_owned())];
        let failure = Failure::Sql { code: "42601".into(), name: "syntax_error".into(), message: "no".into(), fields };
        let Failure::Sql { fields, .. } = failure.behind("EXPLAIN ") else { panic!("still of SQL") };
        assert_eq!(fields, [("position", "2".to_owned())]);
    }
}
