//! Many runs in the order in which they were played: how figures went, and from which run on they were others.
//!
//! `seen` is what is kept of each record; [`history`] sorts them into lines of the same work; `steps` finds where a line makes a
//! step.

mod seen;
mod steps;
mod whole;

pub use seen::SeenRun;
pub use whole::{LEAST_RUNS, history};
