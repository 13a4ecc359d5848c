//! What becomes of a task that has ended.

use std::panic::resume_unwind;

use tokio::task::JoinError;

/// What a task returned, or nothing if it was aborted. A panic goes on where the task is waited for: a run that has lost a
/// user to one must not look like any other.
pub(super) fn outcome<T>(gone: Result<T, JoinError>) -> Option<T> {
    match gone.map_err(JoinError::try_into_panic) {
        Ok(returned) => Some(returned),
        Err(Ok(panic)) => resume_unwind(panic),
        Err(Err(_aborted)) => None,
    }
}
