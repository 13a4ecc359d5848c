//! How a run ended and what it was judged by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every rule held.
    Passed,
    /// Every rule held, but one warned.
    Warning,
    /// It ran to its end, but a threshold or `verify` failed, or nothing succeeded.
    Failed,
    /// It ended early: a threshold with `abort`, a lost target, a script bug.
    Aborted,
    /// A signal ended it.
    Interrupted,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Interrupted => "interrupted",
        })
    }
}

/// One threshold and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdRecord {
    /// The rule as written.
    pub rule: String,
    /// Whether the budget asks for it, rather than the thresholds.
    #[serde(default)]
    pub budget: bool,
    /// The figure that was compared with the limit; `null` when there was no sample.
    pub observed: Option<f64>,
    /// The unit of `observed`.
    pub unit: ThresholdUnit,
    /// Whether the rule held; one that only warned did.
    pub passed: bool,
    /// Whether it warned.
    #[serde(default)]
    pub warning: bool,
    /// What else is to be said, such as which window was the worst.
    pub note: Option<String>,
}

impl ThresholdRecord {
    /// What it is called by people.
    pub fn kind(&self) -> &'static str {
        if self.budget { "budget" } else { "threshold" }
    }
}

/// The unit of a figure that thresholds look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdUnit {
    /// Microseconds.
    Us,
    /// A part of 1.
    Share,
    /// Per second.
    PerS,
    /// A number of things.
    Count,
    /// Bytes.
    Bytes,
    /// That of the scenario's own metric, or of what the monitor saw.
    Own,
}

impl ThresholdUnit {
    /// A figure with its unit, as people read it.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Us if value >= 1_000_000.0 => format!("{:.2} s", value / 1_000_000.0),
            Self::Us if value >= 1_000.0 => format!("{:.1} ms", value / 1_000.0),
            Self::Us => format!("{value:.0} µs"),
            Self::Share => format!("{:.1} %", 100.0 * value),
            Self::PerS => format!("{value:.1}/s"),
            Self::Bytes => format!("{value:.0} B"),
            Self::Count | Self::Own => format!("{value}"),
        }
    }
}

/// One thing that `verify` looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckRecord {
    /// What was checked.
    pub name: String,
    /// Whether it held.
    pub passed: bool,
    /// What was found, if it did not.
    pub message: Option<String>,
}
