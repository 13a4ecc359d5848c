//! A finding as a rule makes it.

use crate::plan::preset::{Limit, Unit};
use crate::record::{EvidenceRecord, EvidenceUnit, FindingRecord, Record, Severity};

/// From this share of the time on, a finding is the first thing to be done.
const CRITICAL: f64 = 0.5;

/// Below this share of the time it is no more than a note.
const WORTH_WORK: f64 = 0.02;

/// A finding; its rule's name is put in by the registry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found(FindingRecord);

impl Found {
    /// A finding of a severity and its place among those of the same, from 0 to 1.
    pub fn new(severity: Severity, score: f64, title: impl Into<String>) -> Self {
        Self(FindingRecord {
            id: String::new(),
            severity,
            score: score.clamp(0.0, 1.0),
            title: title.into(),
            evidence: Vec::new(),
            action: String::new(),
            operations: Vec::new(),
        })
    }

    /// A finding that explains a share of the time.
    pub fn of_share(share: f64, title: impl Into<String>) -> Self {
        let severity = match share {
            share if share >= CRITICAL => Severity::Critical,
            share if share >= WORTH_WORK => Severity::Warning,
            _ => Severity::Note,
        };
        Self::new(severity, share, title)
    }

    /// With a figure.
    pub fn figure(self, label: impl Into<String>, value: f64, unit: EvidenceUnit) -> Self {
        self.evidence(label, Some(value), Some(unit), None)
    }

    /// With a figure and the limit that it is beyond.
    pub fn beyond(self, label: impl Into<String>, value: f64, limit: Limit, record: &Record) -> Self {
        let unit = match limit.unit() {
            Unit::Time => EvidenceUnit::Us,
            Unit::Share => EvidenceUnit::Share,
            Unit::Rate => EvidenceUnit::PerS,
            Unit::Size => EvidenceUnit::Bytes,
            Unit::Count => EvidenceUnit::Count,
        };
        self.evidence(label, Some(value), Some(unit), Some(record.preset.limit(limit)))
    }

    /// With a sentence.
    pub fn said(self, sentence: impl Into<String>) -> Self {
        self.evidence(sentence, None, None, None)
    }

    /// With what to do.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.0.action = action.into();
        self
    }

    /// With the operations that it explains.
    pub fn operations(mut self, operations: Vec<String>) -> Self {
        self.0.operations = operations;
        self
    }

    /// As it stands in the record.
    pub fn of_rule(self, id: &str) -> FindingRecord {
        FindingRecord { id: id.to_owned(), ..self.0 }
    }

    fn evidence(
        mut self,
        label: impl Into<String>,
        value: Option<f64>,
        unit: Option<EvidenceUnit>,
        limit: Option<f64>,
    ) -> Self {
        self.0.evidence.push(EvidenceRecord { label: label.into(), value, unit, limit });
        self
    }
}
