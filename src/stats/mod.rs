//! Counting and timing: histograms, recorders, intervals, merging.
//!
//! A worker records into its own [`Recorder`]; once an interval it hands a small copy of its
//! [`Interval`] over and goes on with the memory that it has. Summaries, series,
//! thresholds and windows are all derived from the same distributions, so no two
//! figures can disagree. Nothing here knows where samples come from.

mod cell;
mod counts;
mod error_class;
mod interval;
mod latency;
mod metric;
mod pool;
mod recorder;
mod trend;

pub use cell::{CellKey, CellStats, IterationCounts, Outcome, Sample, StatementUse};
pub use error_class::ErrorClass;
pub use interval::{ErrorKey, ErrorStats, Interval, OUTSIDE, StatementStats};
pub use latency::{Latency, Summary, micros};
pub use metric::{MetricKey, MetricKind, MetricStats};
pub use pool::PoolStats;
pub use recorder::{CellId, IterationId, Recorder};
pub use trend::{LARGEST_TREND, Trend};
