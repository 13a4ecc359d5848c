//! Experiments: a scenario played several times, and what changed between the sides.
//!
//! `repeat` is `throng run --repeat --against`, `ab` is `throng ab`. Both make all plans first, as a suite does; `play` plays them one
//! after the other, each a run as `throng run` would have played it, with throwaway servers of its own; `folder` keeps each
//! record as soon as its run is over; `conclude` compares, and decides how it ends.

mod ab;
mod conclude;
mod folder;
mod play;
mod repeat;

/// Runs a side that anybody has the time for.
const MOST: u64 = 100;

pub use ab::{AbArgs, ab};
pub use repeat::{RunCommand, run};
