//! Rules and what was observed.

use super::{Block, Cell, Column, Section, Table, Tone};
use crate::record::{Record, ThresholdRecord, ThresholdUnit};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.thresholds.is_empty() {
        return None;
    }
    let columns = vec![Column::figures(""), Column::text("Rule"), Column::figures("Observed")];
    let rows = record.thresholds.iter().map(row).collect();
    Some(Section::new("Thresholds", [Block::Table(Table { columns, rows })]))
}

fn row(threshold: &ThresholdRecord) -> Vec<Cell> {
    let (mark, tone) = if threshold.passed { ("✓", Tone::Good) } else { ("✗", Tone::Bad) };
    let rule = match &threshold.note {
        Some(note) => format!("{}: {note}", threshold.rule),
        None => threshold.rule.clone(),
    };
    vec![Cell::from(mark).tone(tone), rule.into(), observed(threshold).into()]
}

fn observed(threshold: &ThresholdRecord) -> String {
    match (threshold.observed, threshold.unit) {
        (None, _) => "–".to_owned(),
        (Some(value), ThresholdUnit::Us) => human::time_us(value),
        (Some(value), ThresholdUnit::Share) => human::share(value),
        (Some(value), ThresholdUnit::PerS) => human::rate(value),
        (Some(value), ThresholdUnit::Count) => human::count(value as u64),
        // A limit in per cent asks for an observation in per cent.
        (Some(value), ThresholdUnit::Own) if threshold.rule.contains('%') => human::share(value),
        (Some(value), ThresholdUnit::Own) => human::own(value),
    }
}
