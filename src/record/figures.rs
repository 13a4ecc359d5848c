//! Figures over the whole run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{BreakdownRecord, OperationStatement};
use crate::stats::{IterationCounts, Summary};

/// Sums over the measured phases.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// `offered`, `started`, `dropped`, `succeeded`, `failed`, `unfinished`, `in_time`, `late`: in iterations.
    #[serde(flatten)]
    pub iterations: IterationCounts,
    /// Operations that succeeded.
    pub operations_succeeded: u64,
    /// Operations that failed.
    pub operations_failed: u64,
    /// Operations interrupted by the end of the run.
    pub operations_unfinished: u64,
    /// Errors outside of any operation.
    #[serde(default)]
    pub errors_outside: u64,
    /// Transaction attempts beyond the first.
    pub retries: u64,
    /// Rows read and written.
    pub rows: u64,
    /// Bytes of data received from and sent to the targets.
    pub bytes: u64,
    /// Operations that succeeded within measured time, by its seconds.
    pub throughput_per_s: f64,
    /// From the planned start of an operation to its end, in µs.
    pub response_us: Summary,
    /// From the planned to the actual start, in µs.
    pub wait_us: Summary,
    /// Waiting for connections, in µs.
    pub pool_us: Summary,
    /// The rest of the response, in µs.
    pub service_us: Summary,
}

impl Totals {
    /// Operations that came to an end.
    pub fn operations_finished(&self) -> u64 {
        self.operations_succeeded + self.operations_failed
    }

    /// What can have gone well or badly: operations that came to an end, and errors outside of any.
    pub fn attempts(&self) -> u64 {
        self.operations_finished() + self.errors_outside
    }
}

/// A persona's iterations in measured phases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonaRecord {
    /// Its name.
    pub name: String,
    /// `offered`, `started`, `dropped`, `succeeded`, `failed`, `unfinished`, `in_time`, `late`.
    #[serde(flatten)]
    pub iterations: IterationCounts,
}

/// One operation of one persona in one phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationRecord {
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
    /// How many the end of the run interrupted.
    pub unfinished: u64,
    /// How many succeeded while the phase was in force, whenever they were due; 0 if it is not measured.
    pub in_time: u64,
    /// Transaction attempts beyond the first.
    pub retries: u64,
    /// Rows read and written.
    pub rows: u64,
    /// Bytes received and sent.
    pub bytes: u64,
    /// From the planned start to the end, in µs; of succeeded and failed ones alike.
    pub response_us: Summary,
    /// From the planned to the actual start, in µs.
    pub wait_us: Summary,
    /// Waiting for connections, in µs.
    pub pool_us: Summary,
    /// The rest of the response, in µs.
    pub service_us: Summary,
    /// The response times in µs: base64 of a compressed HdrHistogram, V2 (`HISTFAAA…`).
    pub histogram: String,
    /// Waiting for targets to answer, in the mean of finished operations, in µs.
    #[serde(default)]
    pub target_us: f64,
    /// What was asked of targets, by labelled statement.
    #[serde(default)]
    pub statements: Vec<OperationStatement>,
    /// Where the time went, if a server told.
    #[serde(default)]
    pub breakdown_us: Option<BreakdownRecord>,
}

impl OperationRecord {
    /// Operations that came to an end.
    pub fn finished(&self) -> u64 {
        self.succeeded + self.failed
    }

    /// Some of its times; none of one that never came to an end, which has none to tell.
    pub fn times<'a>(&self, times: &'a Summary) -> Option<&'a Summary> {
        (self.finished() > 0).then_some(times)
    }

    /// Operations that are over, whatever their end.
    pub fn over(&self) -> u64 {
        self.finished() + self.unfinished
    }
}

/// One kind of error where it was met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorRecord {
    /// Its class, such as `sqlstate 23505 unique_violation`.
    pub class: String,
    /// The operation that met it.
    pub operation: String,
    /// The persona that met it.
    pub persona: String,
    /// The phase.
    pub phase: String,
    /// How often.
    pub count: u64,
    /// What the first one said.
    pub first_message: String,
}

/// A pool of connections, summed over workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolRecord {
    /// The target's name.
    pub name: String,
    /// `postgres`, `redis`, `http`.
    pub kind: String,
    /// The persona whose users share it, if not all do.
    pub persona: Option<String>,
    /// Most connections it may hold.
    pub max_size: u64,
    /// Connections it held at the end.
    pub size: u64,
    /// Most connections in use at a time: the sum of the workers' own peaks.
    pub in_use_peak: u64,
    /// Most users waiting at a time, summed likewise.
    pub waiters_peak: u64,
    /// How often a connection was asked for.
    #[serde(default)]
    pub asked: u64,
    /// How often it could be had only once another user had given it back.
    #[serde(default)]
    pub waited: u64,
    /// Connections opened.
    pub connects: u64,
    /// Of those, opened to replace one that was lost.
    pub reconnects: u64,
    /// Attempts to connect that failed.
    pub connect_failures: u64,
    /// Times from asking for a connection to having it, in µs.
    pub wait_us: Summary,
}

/// A labelled statement, in measured phases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementRecord {
    /// The target it was sent to.
    #[serde(default)]
    pub target: String,
    /// Its label.
    pub label: String,
    /// Executions that succeeded.
    pub succeeded: u64,
    /// Executions that failed.
    pub failed: u64,
    /// The time of those, summed, in µs; a part of `time_us`.
    #[serde(default)]
    pub failed_us: u64,
    /// Rows returned or affected.
    pub rows: u64,
    /// From sending to the last row, in µs.
    pub time_us: Summary,
}

/// A metric of the scenario's own, with one set of tags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricRecord {
    /// Its name.
    pub name: String,
    /// Tags and their values.
    pub tags: Map<String, Value>,
    /// `kind`, and what a metric of that kind has.
    #[serde(flatten)]
    pub value: MetricValue,
}

/// What was observed, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum MetricValue {
    /// A sum.
    Counter {
        /// The sum.
        count: f64,
        /// The sum a second of measured time.
        rate: f64,
    },
    /// The last value and its extremes.
    Gauge {
        /// The value set last.
        last: f64,
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// A share of observations.
    Rate {
        /// Observations that were true.
        hits: u64,
        /// All observations.
        total: u64,
        /// The first by the second; 0 when there was none.
        rate: f64,
    },
    /// A distribution, in the metric's own unit.
    Trend(TrendSummary),
}

/// The figures of a trend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TrendSummary {
    /// How many values.
    pub count: u64,
    /// Smallest.
    pub min: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// Largest.
    pub max: f64,
}
