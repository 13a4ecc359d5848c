//! Figures over many runs, and where they changed, as plain data.

use serde::{Deserialize, Serialize};

use super::{ChangeVerdict, ComparedRun, ThresholdUnit, UnlikeRecord};

/// The version of the schema of a history. It grows when a key changes its meaning or goes away; a key that is added
/// leaves it as it is.
pub const HISTORY_SCHEMA: u32 = 1;

/// What records of many runs tell together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryRecord {
    /// The version of the schema: [`HISTORY_SCHEMA`].
    pub schema: u32,
    /// The version of throng that looked.
    pub throng: String,
    /// The least change that matters, a part of 1.
    pub min_change: f64,
    /// Runs that did the same work, each kind by itself; the one with the most runs first.
    pub lines: Vec<LineRecord>,
    /// What was left out, and why, a sentence each.
    pub left_out: Vec<String>,
}

/// Runs that did the same work, in the order in which they were played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineRecord {
    /// The scenario's name.
    pub scenario: String,
    /// What tells it from the other lines of the scenario, as far as they differ.
    pub work: Vec<WorkRecord>,
    /// The runs.
    pub runs: Vec<ComparedRun>,
    /// The figures of the whole run that all of them have.
    pub figures: Vec<TrendRecord>,
}

/// Something that a run was made with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkRecord {
    /// What it is.
    pub what: String,
    /// What it was.
    pub value: String,
}

/// One figure over all runs of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendRecord {
    /// The figure, as a threshold would name it.
    pub name: String,
    /// Its unit.
    pub unit: ThresholdUnit,
    /// Whether more of it is better.
    pub more_is_better: bool,
    /// The figure of each run.
    pub values: Vec<f64>,
    /// Its median up to the first change.
    pub first: f64,
    /// Its median since the last change.
    pub last: f64,
    /// Where it changed, the earliest first.
    pub changes: Vec<ChangePointRecord>,
}

/// A run from which on a figure is another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePointRecord {
    /// Its place among the runs of its line, from 0.
    pub run: usize,
    /// Its id.
    pub run_id: String,
    /// When its clock started, RFC 3339, UTC.
    pub started_at: String,
    /// The median before it, back to the change before.
    pub from: f64,
    /// The median from it on, up to the next change.
    pub to: f64,
    /// By how much it is higher by what it was, a part of 1; of an error rate in its own unit; `null` if it was 0.
    pub change: Option<f64>,
    /// How often so clear a change comes of chance alone.
    pub p: f64,
    /// Whether it is for the worse or the better.
    pub verdict: ChangeVerdict,
    /// What else is not what it was in the run before: versions of throng and of the servers.
    pub since: Vec<UnlikeRecord>,
}
