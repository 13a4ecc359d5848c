//! Rules and what was observed.

use super::{Block, Cell, Column, Section, Table, Tone};
use crate::analysis::threshold::Rule;
use crate::record::{Record, ThresholdRecord, ThresholdUnit};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    table(record, "Thresholds", false)
}

/// What the budget asks for, apart from what the scenario's author does.
pub(super) fn budget(record: &Record) -> Option<Section> {
    table(record, "Budget", true)
}

fn table(record: &Record, title: &str, budget: bool) -> Option<Section> {
    let rules: Vec<&ThresholdRecord> = record.thresholds.iter().filter(|rule| rule.budget == budget).collect();
    if rules.is_empty() {
        return None;
    }
    let columns = vec![Column::figures(""), Column::text("Rule"), Column::figures("Observed")];
    let rows = rules.into_iter().map(row).collect();
    Some(Section::new(title, [Block::Table(Table { columns, rows })]))
}

fn row(threshold: &ThresholdRecord) -> Vec<Cell> {
    let (mark, tone) = match threshold {
        ThresholdRecord { passed: false, .. } => ("✗", Tone::Bad),
        ThresholdRecord { warning: true, .. } => ("!", Tone::Doubtful),
        _ => ("✓", Tone::Good),
    };
    let rule = match &threshold.note {
        Some(note) => format!("{}: {note}", threshold.rule),
        None => threshold.rule.clone(),
    };
    vec![Cell::from(mark).tone(tone), rule.into(), observed(threshold).into()]
}

/// The figure; with all its digits where a limit was broken by less than is shown otherwise.
pub(in crate::report) fn observed(threshold: &ThresholdRecord) -> String {
    let looks = |value: f64| match threshold.unit {
        ThresholdUnit::Own => human::number(value),
        _ => rounded(&ThresholdRecord { observed: Some(value), ..threshold.clone() }),
    };
    let limits = || Rule::parse(&threshold.rule).ok().into_iter().flat_map(|rule| rule.limits().collect::<Vec<_>>());
    let broken = !threshold.passed || threshold.warning;
    match threshold.observed {
        Some(value) if broken && limits().any(|limit| looks(limit) == looks(value)) => exact(threshold, value),
        _ => rounded(threshold),
    }
}

fn exact(threshold: &ThresholdRecord, value: f64) -> String {
    match threshold.unit {
        ThresholdUnit::Us => format!("{value} µs"),
        ThresholdUnit::PerS => format!("{value}/s"),
        ThresholdUnit::Share => format!("{} %", 100.0 * value),
        ThresholdUnit::Bytes => format!("{value} B"),
        ThresholdUnit::Own if threshold.rule.contains('%') => format!("{} %", 100.0 * value),
        ThresholdUnit::Own | ThresholdUnit::Count => value.to_string(),
    }
}

fn rounded(threshold: &ThresholdRecord) -> String {
    match (threshold.observed, threshold.unit) {
        (None, _) => "–".to_owned(),
        (Some(value), ThresholdUnit::Us) => human::time_us(value),
        (Some(value), ThresholdUnit::Share) => human::share(value),
        (Some(value), ThresholdUnit::PerS) => human::rate(value),
        (Some(value), ThresholdUnit::Bytes) => human::bytes(value as u64),
        (Some(value), ThresholdUnit::Count) => human::count(value as u64),
        // A limit in per cent asks for an observation in per cent.
        (Some(value), ThresholdUnit::Own) if threshold.rule.contains('%') => human::share(value),
        (Some(value), ThresholdUnit::Own) => human::own(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_broken_by_little_is_shown_with_all_digits() {
        let threshold = |rule: &str, observed, unit| ThresholdRecord {
            rule: rule.into(),
            budget: false,
            observed: Some(observed),
            unit,
            passed: false,
            warning: false,
            note: None,
        };
        for (rule, value, unit, text) in [
            ("response.min >= 100ms", 99_968.0, ThresholdUnit::Us, "99968 µs"),
            ("response.min >= 100ms", 90_000.0, ThresholdUnit::Us, "90.0 ms"),
            ("throughput > 100/s", 99.99, ThresholdUnit::PerS, "99.99/s"),
            ("size.mean == 10", 10.001, ThresholdUnit::Own, "10.001"),
        ] {
            assert_eq!(observed(&threshold(rule, value, unit)), text, "{rule}");
        }
    }
}
