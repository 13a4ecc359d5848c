//! Why a run could not be carried through.

use std::any::Any;
use std::io;

use crate::monitor::{ClaimError, ProbeError};
use crate::script::ScriptError;
use crate::servers::ServerError;

/// What kept a run from its end.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A throwaway server would not start.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A target could not be reached, refused, or is too old.
    #[error(transparent)]
    Target(#[from] ProbeError),
    /// The scenario must not, or cannot, have its tables.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The scenario failed.
    #[error("{0}")]
    Script(#[from] ScriptError),
    /// A thread or runtime could not be started.
    #[error("worker {worker} could not start: {source}")]
    Worker {
        /// Which.
        worker: usize,
        /// Why.
        source: io::Error,
    },
    /// The runtime or clock of the session could not be made.
    #[error("the run could not start: {0}")]
    Start(#[source] io::Error),
    /// A worker's loop stood still.
    #[error("worker {worker} has stood still for {seconds} s in {during}")]
    Stuck {
        /// Which.
        worker: usize,
        /// For how long.
        seconds: u64,
        /// What it was doing.
        during: String,
    },
    /// Setup, verify or teardown never gave way.
    #[error("the script has not given way for {seconds} s in {during}")]
    SessionStuck {
        /// For how long.
        seconds: u64,
        /// The part of the run.
        during: String,
    },
    /// A thread ended by a panic.
    #[error("{thread} ended unexpectedly: {message}; this is a bug in throng")]
    Panicked {
        /// Which, such as `worker 0`.
        thread: String,
        /// What it said.
        message: String,
    },
    /// A target was there before the load and is not after it.
    #[error("a target was lost for good: {0}")]
    Lost(#[source] ProbeError),
}

/// The error that a thread's panic is.
pub(super) fn panicked(thread: impl Into<String>, panic: &(dyn Any + Send)) -> EngineError {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    EngineError::Panicked { thread: thread.into(), message }
}
