//! How a throwaway server can fail to come up.

use std::io;
use std::path::PathBuf;

/// A throwaway server that could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No such server on this machine.
    #[error("{server} is not installed: no {binaries} in {searched}\nhint: {hint}")]
    NotInstalled {
        /// `PostgreSQL` or `Redis`.
        server: &'static str,
        /// The binaries that are needed, in backticks.
        binaries: &'static str,
        /// Where they were looked for.
        searched: String,
        /// How to install it here.
        hint: String,
    },
    /// A file or process operation failed.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was to be done, such as ``make the folder `/tmp/throng-x` ``.
        action: String,
        /// Why it was not.
        source: io::Error,
    },
    /// The program that prepares a server's files failed.
    #[error("`{program}` failed: {output}")]
    Prepare {
        /// The program's path.
        program: PathBuf,
        /// What it said last.
        output: String,
    },
    /// The server ended before it was ready.
    #[error("the throwaway {server} did not start: {}", if log.is_empty() { "it said nothing, not even in its log" } else { log })]
    Start {
        /// `PostgreSQL` or `Redis`.
        server: &'static str,
        /// The end of its log.
        log: String,
    },
    /// The server did not get ready in time.
    #[error("the throwaway {server} was not ready after {seconds} s: {log}")]
    NotReady {
        /// `PostgreSQL` or `Redis`.
        server: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
}

impl ServerError {
    /// Wraps an I/O error with what was to be done.
    pub(super) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
