//! One second of a run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::stats::{IterationCounts, Summary};

/// What happened in one interval, in all phases that it touches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IntervalRecord {
    /// When it began, in seconds of the run's clock.
    pub start_s: f64,
    /// Seconds it took.
    pub length_s: f64,
    /// The phase in which it began.
    pub phase: String,
    /// Users alive at its end.
    pub users: u64,
    /// `offered`, `started`, `dropped`, `succeeded`, `failed`, `unfinished`, `in_time`, `late`: in iterations.
    #[serde(flatten)]
    pub iterations: IterationCounts,
    /// Operations that succeeded.
    pub operations_succeeded: u64,
    /// Operations that failed.
    pub operations_failed: u64,
    /// Operations succeeded a second.
    pub throughput_per_s: f64,
    /// Response times of operations, in µs.
    pub response_us: Summary,
    /// Their waits for a user, in µs.
    pub wait_us: Summary,
    /// Their waits for connections, in µs.
    pub pool_us: Summary,
    /// The rest of their response times, in µs.
    pub service_us: Summary,
    /// Response times in µs: base64 of a compressed HdrHistogram, V2 (`HISTFAAA…`); empty when no operation ended.
    #[serde(default)]
    pub histogram: String,
    /// Each operation that ended in the interval.
    pub operations: Vec<IntervalOperation>,
    /// Each class of error.
    pub errors: Vec<IntervalError>,
    /// Each pool.
    pub pools: Vec<IntervalPool>,
    /// Each labelled statement that was executed.
    pub statements: Vec<IntervalStatement>,
    /// Each metric of the scenario's own that was touched.
    pub metrics: Vec<IntervalMetric>,
    /// The health of throng itself.
    pub generator: IntervalGenerator,
}

impl IntervalRecord {
    /// Some of its times; none of an interval in which no operation ended, which has none to tell.
    pub fn times<'a>(&self, times: &'a Summary) -> Option<&'a Summary> {
        (self.operations_succeeded + self.operations_failed > 0).then_some(times)
    }
}

/// One operation of one persona in one phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalOperation {
    /// The operation's name.
    pub name: String,
    /// The persona's name.
    pub persona: String,
    /// The phase in which it was due.
    pub phase: String,
    /// How many succeeded.
    pub succeeded: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were interrupted.
    pub unfinished: u64,
    /// Response times in µs.
    pub response_us: Summary,
}

/// A class of error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalError {
    /// The class.
    pub class: String,
    /// How often.
    pub count: u64,
}

/// A pool at the end of the interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalPool {
    /// The target's name.
    pub name: String,
    /// The persona whose users share it, if not all do.
    pub persona: Option<String>,
    /// Connections it held.
    pub size: u64,
    /// Connections in use.
    pub in_use: u64,
    /// Users waiting.
    pub waiters: u64,
    /// Connections opened in the interval.
    pub connects: u64,
    /// Of those, opened to replace one that was lost.
    pub reconnects: u64,
    /// Attempts to connect that failed in the interval.
    pub connect_failures: u64,
}

/// A labelled statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalStatement {
    /// The target it was sent to.
    #[serde(default)]
    pub target: String,
    /// Its label.
    pub label: String,
    /// Executions that succeeded.
    pub succeeded: u64,
    /// Executions that failed.
    pub failed: u64,
    /// Times in µs.
    pub time_us: Summary,
}

/// A metric of the scenario's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntervalMetric {
    /// Its name.
    pub name: String,
    /// Tags and their values.
    pub tags: Map<String, Value>,
    /// A counter's sum, a gauge's last value, a rate's share, a trend's mean.
    pub value: f64,
}

/// The health of throng itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct IntervalGenerator {
    /// Processor time in percent of the worker threads.
    pub cpu_percent: f64,
    /// How late the workers' loops came round, in µs.
    pub loop_lag_us: Summary,
    /// Iterations that started late although a user was free.
    pub late_starts: u64,
}
