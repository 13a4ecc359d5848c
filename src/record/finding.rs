//! What was found wrong, and which rules looked for it.

use serde::{Deserialize, Serialize};

/// A diagnosis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// The rule that found it: `missing_index`.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// Its place among those of the same severity, from 0 to 1: the share of the time that it explains, where that is known.
    pub score: f64,
    /// What it is, in a line.
    pub title: String,
    /// The figures that show it; never empty.
    pub evidence: Vec<EvidenceRecord>,
    /// What to do about it: one thing.
    pub action: String,
    /// The operations that it explains, by name; empty if it concerns all of them, or none in particular.
    pub operations: Vec<String>,
}

/// How much a finding matters, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Most of the time goes there, or users meet errors.
    Critical,
    /// It costs something that can be measured.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One figure that shows something, or a sentence where it is no figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// What the figure is of; or the whole sentence.
    pub label: String,
    /// The figure.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: Option<EvidenceUnit>,
    /// The limit that it was held against.
    pub limit: Option<f64>,
}

/// The unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceUnit {
    /// Microseconds.
    Us,
    /// A part of 1.
    Share,
    /// Per second.
    PerS,
    /// Bytes.
    Bytes,
    /// A number of things.
    Count,
}

/// A rule that concerns what was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRecord {
    /// Its name.
    pub id: String,
    /// What it would have had to see and did not, such as `tables of postgres`; `null` if it looked.
    pub lacks: Option<String>,
}
