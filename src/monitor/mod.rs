//! Looking at targets and at throng itself.
//!
//! `probe` finds out before the load whether the targets are there and new
//! enough; [`claims`] keeps off tables that others made; [`doctor`] is all of that as a checklist, and more; [`Processor`] measures what throng itself takes.

pub mod claims;
pub mod doctor;
mod probe;
mod processor;

use std::time::Duration;

pub use claims::ClaimError;
pub use probe::{ProbeError, Probed, postgres, redis};
pub use processor::Processor;

/// How long a question of throng's own may take, whatever limit the users' statements have.
const PATIENCE: Duration = Duration::from_secs(10);
