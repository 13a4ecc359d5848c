//! What came of a suite: its runs beside each other, as plain data.
//!
//! The record of each run is a [`Record`](super::Record) in a file of its own; what is here was taken from it, so that
//! a report across runs needs nothing else.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Verdict;
use crate::stats::Summary;

/// The version of the schema of a suite. It grows when a key changes its meaning or goes away; a key
/// that is added leaves it as it is.
pub const SUITE_SCHEMA: u32 = 1;

/// Several runs, judged together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuiteRecord {
    /// The version of the schema: [`SUITE_SCHEMA`].
    pub schema: u32,
    /// The version of throng that wrote it.
    pub throng: String,
    /// The suite's name.
    pub suite: String,
    /// One line on what it is for.
    pub about: String,
    /// The mode it was played in, if it has any.
    pub mode: Option<String>,
    /// The environment it was played in, if it has any.
    pub environment: Option<String>,
    /// How long everything took, compared with what the file says: 1 is all of it.
    pub scale: f64,
    /// When the first run began, RFC 3339, UTC; of a suite that was resumed, when it went on.
    pub started_at: String,
    /// Seconds that it took, without what an earlier play has left.
    pub duration_s: f64,
    /// The run that the others are held against.
    pub baseline: Option<String>,
    /// How it ended: as the worst of its runs.
    pub verdict: Verdict,
    /// The exit status of the process.
    pub exit_code: u8,
    /// Why the verdict is what it is, a sentence each.
    pub reasons: Vec<String>,
    /// The runs, in the order in which the file has them.
    pub runs: Vec<SuiteRunRecord>,
}

/// One run of a suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuiteRunRecord {
    /// Its name within the suite.
    pub name: String,
    /// One line on what it is for.
    pub about: String,
    /// Whether it was played.
    pub state: SuiteRunState,
    /// The runs that were played at the same time, on the same machine.
    pub beside: Vec<String>,
    /// The file of its record, its path counted from that of the suite's.
    pub record: Option<String>,
    /// The scenario's name.
    pub scenario: String,
    /// SHA-256 of the scenario's source; runs of different sources are not held against each other.
    pub source_hash: String,
    /// The profile in force.
    pub profile: Option<String>,
    /// Parameters with the values in force.
    pub params: Map<String, Value>,
    /// The load of each population, in one line.
    pub load: Vec<String>,
    /// Most users at a time.
    pub users: u64,
    /// How it ended; `null` if it was left out.
    pub verdict: Option<Verdict>,
    /// The exit status that it would have had by itself; `null` if it was left out.
    pub exit_code: Option<u8>,
    /// Why the verdict is what it is, a sentence each.
    pub reasons: Vec<String>,
    /// What was measured; `null` if no load was played.
    pub figures: Option<RunFigures>,
    /// The figures compared with those of the baseline; `null` where there is nothing to compare.
    pub to_baseline: Option<ToBaseline>,
}

impl SuiteRunRecord {
    /// A run that was not played.
    pub fn left_out(name: &str, about: &str, scenario: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            state: SuiteRunState::LeftOut,
            beside: Vec::new(),
            record: None,
            scenario: scenario.to_owned(),
            source_hash: String::new(),
            profile: None,
            params: Map::new(),
            load: Vec::new(),
            users: 0,
            verdict: None,
            exit_code: None,
            reasons: Vec::new(),
            figures: None,
            to_baseline: None,
        }
    }
}

/// Whether a run was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuiteRunState {
    /// It was.
    Played,
    /// It was, before the suite was interrupted; its record is that of then.
    Kept,
    /// The suite was interrupted before it.
    LeftOut,
}

/// What one run measured, in a few figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFigures {
    /// When its clock started, RFC 3339, UTC.
    pub started_at: String,
    /// Seconds of measured time.
    pub duration_s: f64,
    /// Operations that succeeded.
    pub operations_succeeded: u64,
    /// Operations that failed.
    pub operations_failed: u64,
    /// Failed operations and errors outside of any, by operations that came to an end and those errors; a part of 1.
    pub error_rate: f64,
    /// Operations that succeeded within measured time, by its seconds.
    pub throughput_per_s: f64,
    /// Response times in µs.
    pub response_us: Summary,
    /// What it used.
    pub resources: ResourceFigures,
}

/// What a run used of targets and of the machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResourceFigures {
    /// Most connections in use at a time, over all pools.
    pub connections_peak: u64,
    /// Connections that the pools may have had.
    pub connections_max: u64,
    /// The mean wait for a connection, in µs.
    pub pool_us: f64,
    /// Transaction attempts beyond the first.
    pub retries: u64,
    /// Bytes of data received from and sent to the targets.
    pub bytes: u64,
    /// Blocks that PostgreSQL found in its own memory, by all that it asked for; `null` where it was not seen.
    pub cache_hit_rate: Option<f64>,
    /// Mean processor time of the generator, in percent of its worker threads.
    pub generator_cpu_percent: f64,
    /// How busy the processors of the machine that throng is on were, in percent, in the mean; `null` where it was not seen.
    #[serde(default)]
    pub host_cpu_percent: Option<f64>,
    /// Most memory in use on that machine, in percent of what it has; `null` where it was not seen.
    #[serde(default)]
    pub host_memory_percent: Option<f64>,
    /// Why the generator may have been the limit, a sentence each.
    pub generator_reasons: Vec<String>,
}

/// A run's figures by those of the baseline: 1 is the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ToBaseline {
    /// Mean response time.
    pub response_mean: f64,
    /// 95th percentile of the response times.
    pub response_p95: f64,
    /// 99th percentile of the response times.
    pub response_p99: f64,
    /// Throughput.
    pub throughput: f64,
    /// How much higher the error rate is, a part of 1; negative if it is lower.
    pub error_rate_rise: f64,
}
