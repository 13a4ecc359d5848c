//! Looking at targets and at throng itself.
//!
//! [`probe`] finds out before the load whether the targets are there and new
//! enough; [`Processor`] measures what throng itself takes.

mod probe;
mod processor;

pub use probe::{ProbeError, Probed, postgres, redis};
pub use processor::Processor;
