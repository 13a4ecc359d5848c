//! By how much runs of one kind differ, as plain data.

use serde::{Deserialize, Serialize};

use super::{ComparedRun, ThresholdUnit};

/// The version of the schema of a spread. It grows when a key changes its meaning or goes away; a key that is added leaves it
/// as it is.
pub const SPREAD_SCHEMA: u32 = 1;

/// Several runs that did the same, without others to hold them against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpreadRecord {
    /// The version of the schema: [`SPREAD_SCHEMA`].
    pub schema: u32,
    /// The version of throng that looked at them.
    pub throng: String,
    /// Their scenario.
    pub scenario: String,
    /// The runs, in the order in which they were played.
    pub runs: Vec<ComparedRun>,
    /// The figures of the whole run that all of them have.
    pub figures: Vec<SpreadFigure>,
}

/// A figure over runs that did the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpreadFigure {
    /// The figure, as a threshold would name it.
    pub name: String,
    /// The unit of all that follows.
    pub unit: ThresholdUnit,
    /// The figure of each run.
    pub values: Vec<f64>,
    /// Their median.
    pub median: f64,
    /// That of the run with the least.
    pub lowest: f64,
    /// That of the run with the most.
    pub highest: f64,
    /// By how much two runs differ in the median; `null` of a single run.
    pub noise: Option<f64>,
}
