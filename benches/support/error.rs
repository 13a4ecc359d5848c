//! Why a case could not be measured.

use std::io;
use std::process::ExitStatus;

use throng::servers::ServerError;

/// What kept a case from its end.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A throwaway server would not start.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A case that was asked for is not there.
    #[error("there is no case `{name}`\nhint: `--list` names them")]
    UnknownCase {
        /// The name asked for.
        name: String,
    },
    /// A file or program could not be used.
    #[error("could not {action}: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program is not there.
    #[error("`{program}` is not installed\nhint: tools/install-deps.sh {package}")]
    Missing {
        /// Its name.
        program: &'static str,
        /// What `tools/install-deps.sh` calls it.
        package: &'static str,
    },
    /// A program failed.
    #[error("`{program}` ended with {status}:\n{said}")]
    Failed {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines that it wrote.
        said: String,
    },
    /// A program was ended because it took too long.
    #[error("`{program}` was ended because it took more than {seconds} s")]
    Overdue {
        /// Its name.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// A program's output does not tell what it should.
    #[error("`{program}` did not tell {what}:\n{said}")]
    Untold {
        /// Its name.
        program: String,
        /// What was looked for.
        what: &'static str,
        /// What it wrote.
        said: String,
    },
}

impl BenchError {
    /// Gives an I/O error the action that failed.
    pub fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
