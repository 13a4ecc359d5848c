//! Tests of truth: loads whose figures are known beforehand, with tolerances for a shared machine of two cores.
//!
//! To add one: a file with an `ENTRY`, and its line in [`ALL`].

mod known_delay;
mod known_distribution;
mod littles_law;
mod other_reader;
mod replay;
mod saturation;
mod stall;

use crate::support::Case;

/// All tests of truth. Little's law comes last, because it looks at the runs of all cases before it.
pub const ALL: &[&Case] = &[
    &stall::ENTRY,
    &known_delay::ENTRY,
    &known_distribution::ENTRY,
    &saturation::ENTRY,
    &replay::ENTRY,
    &other_reader::ENTRY,
    &littles_law::ENTRY,
];
