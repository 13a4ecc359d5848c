//! Thresholds: rules on figures that pass or fail a run.
//!
//! A rule is read by [`Rule::parse`] before anything runs. [`Thresholds`] is fed each interval,
//! says when a rule with `abort` is broken, and at the end what became of every rule.
//!
//! ```text
//! RULE   = FIGURE [ "[" WINDOW "]" ] OPERATOR VALUE [ ( "over" | "of" ) FILTER ] [ "warn" [ VALUE ] ]
//!          [ "abort" [ "after" GRACE ] ]
//! FIGURE = ("response" | "wait" | "pool" | "service") FILTER "." STAT
//!        | "errors" FILTER "." ("rate" | "count")
//!        | "throughput" FILTER
//!        | "iterations" FILTER "." ("offered" | "started" | "dropped" | "succeeded" | "failed" | "unfinished" | "late")
//!        | "dropped" FILTER "." ("count" | "rate")
//!        | ("memory" | "cpu" | "watched") FILTER "." COURSE
//!        | "connections" "." ("errors" | "held" | COURSE | "use" [ "." COURSE ])
//!        | METRIC FILTER [ "." ("count" | "rate" | "last" | STAT) ]
//! FILTER = [ "{" KEY "=" TEXT { "," KEY "=" TEXT } "}" ]
//! COURSE = "min" | "mean" | "avg" | "max" | "last" | "growth"
//! STAT   = "min" | "mean" | "avg" | "max" | "p50" | "p99" | "p99.9" | "p999" | …
//! ```
//!
//! With `over` or `of` the limit stands on the same figure of another phase or part.
//! What is worth a warning does not fail the run. With a window the rule must hold in every stretch of that length, not only over the whole.
//! A rule that met no sample has failed: it cannot have been looked at.

mod base;
mod classes;
mod connections;
mod course;
mod error;
mod grade;
mod known;
mod names;
mod parse;
mod reader;
mod rule;
mod tally;
mod watch;
mod watched;
mod window;

pub use base::{Base, Relation};
pub use connections::ConnectionStat;
pub use course::CourseStat;
pub use error::RuleError;
pub use grade::Warning;
pub use rule::{Abort, Comparison, Figure, IterationKind, MetricStat, Rule, Stat, TimePart};
pub use watch::Thresholds;
pub use watched::Watched;
