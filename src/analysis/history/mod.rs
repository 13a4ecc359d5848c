//! Many runs in the order in which they were played: how figures went, and from which run on they were others.
//!
//! [`history`] sorts records into lines of the same work; `steps` finds where a line makes a step.

mod steps;
mod whole;

pub use whole::{LEAST_RUNS, history};
