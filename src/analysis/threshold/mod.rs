//! Thresholds: rules on figures that pass or fail a run.
//!
//! A rule is read by [`Rule::parse`] before anything runs. [`Thresholds`] is fed each interval,
//! says when a rule with `abort` is broken, and at the end what became of every rule.
//!
//! ```text
//! RULE   = FIGURE [ "[" WINDOW "]" ] OPERATOR VALUE [ "abort" [ "after" GRACE ] ]
//! FIGURE = ("response" | "wait" | "pool" | "service") FILTER "." STAT
//!        | "errors" FILTER "." ("rate" | "count")
//!        | "throughput" FILTER
//!        | "iterations" FILTER "." ("offered" | "started" | "dropped" | "succeeded" | "failed" | "unfinished" | "late")
//!        | "dropped" FILTER "." ("count" | "rate")
//!        | METRIC FILTER [ "." ("count" | "rate" | "last" | STAT) ]
//! FILTER = [ "{" KEY "=" TEXT { "," KEY "=" TEXT } "}" ]
//! STAT   = "min" | "mean" | "avg" | "max" | "p50" | "p99" | "p99.9" | "p999" | …
//! ```
//!
//! With a window the rule must hold in every stretch of that length, not only over the whole.
//! A rule that met no sample has failed: it cannot have been looked at.

mod error;
mod known;
mod names;
mod parse;
mod reader;
mod rule;
mod tally;
mod watch;
mod window;

pub use error::RuleError;
pub use rule::{Abort, Comparison, Figure, IterationKind, MetricStat, Rule, Stat, TimePart};
pub use watch::Thresholds;
