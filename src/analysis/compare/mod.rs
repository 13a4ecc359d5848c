//! Comparing runs: what changed between two sides, and whether it is more than chance.
//!
//! [`compare`] holds records against each other, and [`unlike`] says before whether that makes sense. `figures` takes figures out of
//! records, `asked` tests them, `judge` decides, `reached` and `likeness` say what can't be compared; below them `ranks`, `shift`, `holm`, `joint` and `within` are the statistics, each with its source.
//! `calibration` is a test that the verdicts are wrong as seldom, and right as often, as docs/comparing.md says.

mod asked;
#[cfg(test)]
mod calibration;
pub(super) mod figures;
mod holm;
mod joint;
mod judge;
pub(super) mod likeness;
pub(super) mod ranks;
mod reached;
mod shift;
mod spread;
mod whole;
mod within;
mod words;

pub use spread::spread;
pub use whole::{PlayedRun, Side, Unlike, compare, unlike, unlike_plan};
