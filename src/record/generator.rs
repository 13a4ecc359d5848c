//! The health of throng itself.

use serde::{Deserialize, Serialize};

use crate::stats::Summary;

/// Whether the measurement can be trusted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GeneratorRecord {
    /// Mean processor time over the run, in percent of the worker threads: 100 means that each
    /// worker kept a core busy all the time.
    pub cpu_percent: f64,
    /// The highest of any interval.
    pub cpu_percent_peak: f64,
    /// How much later than asked the workers' loops came round, in µs.
    pub loop_lag_us: Summary,
    /// Iterations that started more than 1 ms late although a user was free.
    pub late_starts: u64,
    /// The same in percent of iterations started.
    pub late_percent: f64,
    /// Whose scripts took the workers' time, by worker and persona; what took none is left out.
    #[serde(default)]
    pub busy: Vec<BusyRecord>,
    /// Whether throng, not the target, may have been the limit.
    pub suspect: bool,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

/// The share of one worker's time in which a script of one persona was running, with what throng did for it:
/// encoding, decoding, rows made into tables; waiting for a target is not part of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BusyRecord {
    /// Which worker, from 0.
    pub worker: usize,
    /// Which persona.
    pub persona: String,
    /// Percent of the time from the first user's start to the last one's end.
    pub percent: f64,
}
