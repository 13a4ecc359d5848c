//! Counting and timing: histograms, recorders, intervals, merging.
//!
//! A worker records into its own [`Recorder`]; once an interval it hands the
//! [`Interval`] over by swap and goes on with an empty one. Summaries, series,
//! thresholds and windows are all derived from the same histograms, so no two
//! figures can disagree. Nothing here knows where samples come from.

mod cell;
mod error_class;
mod interval;
mod latency;
mod metric;
mod pool;
mod recorder;

pub use cell::{CellKey, CellStats, IterationCounts, Outcome, Sample};
pub use error_class::ErrorClass;
pub use interval::{ErrorKey, ErrorStats, Interval, StatementStats};
pub use latency::{Latency, Summary, micros};
pub use metric::{LARGEST_TREND, MetricKey, MetricKind, MetricStats, TREND_SCALE};
pub use pool::PoolStats;
pub use recorder::{CellId, IterationId, Recorder};
