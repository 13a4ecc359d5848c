//! Examining targets for `throng doctor`, which is no run.

use super::error::EngineError;
use crate::monitor::doctor::{self, Checklist};
use crate::plan::Plan;

/// Looks at everything that a run of `plan` would meet.
///
/// # Errors
/// When no runtime can be made; what is wrong with a target is in its checklist.
pub fn examine(plan: &Plan) -> Result<Vec<Checklist>, EngineError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(EngineError::Start)?;
    let lists = tokio::task::LocalSet::new().block_on(&runtime, doctor::examine(plan));
    runtime.shutdown_background();
    Ok(lists)
}
