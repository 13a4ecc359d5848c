//! What was found wrong, most severe first, and what to do about it.

use super::{Block, Note, Section, Tone};
use crate::record::{EvidenceRecord, EvidenceUnit, FindingRecord, Record, Severity};
use crate::report::human;

/// Findings shown; the record has them all.
const SHOWN: usize = 8;

/// The longest title, evidence and action, in characters: ten lines in all, where a line has 100.
const TITLE: usize = 120;
const EVIDENCE: usize = 260;
const ACTION: usize = 190;

/// Operations named for a finding.
const OPERATIONS: usize = 3;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.rules.is_empty() {
        return None;
    }
    let mut notes: Vec<Note> = record.findings.iter().take(SHOWN).flat_map(finding).collect();
    if record.findings.len() > SHOWN {
        let text =
            format!("{} are in the record", human::things((record.findings.len() - SHOWN) as u64, "further finding"));
        notes.push(Note::new(Tone::Plain, text));
    }
    if record.findings.is_empty() {
        notes.push(nothing(record));
    }
    notes.extend(blind(record));
    Some(Section::new("Findings", [Block::Notes(notes)]))
}

fn finding(finding: &FindingRecord) -> Vec<Note> {
    let tone = match finding.severity {
        Severity::Critical => Tone::Bad,
        Severity::Warning => Tone::Doubtful,
        Severity::Note => Tone::Plain,
    };
    let title = format!("{}: {}", finding.severity.name(), finding.title);
    let evidence: Vec<String> = finding.evidence.iter().map(evidence).collect();
    let mut notes = vec![
        Note::new(tone, human::plain(&title, TITLE)),
        Note::new(Tone::Faint, human::plain(&evidence.join("; "), EVIDENCE)),
    ];
    if !finding.operations.is_empty() {
        notes.push(Note::new(Tone::Faint, format!("felt by {}", operations(&finding.operations))));
    }
    notes.push(Note::new(Tone::Strong, human::plain(&format!("try: {}", finding.action), ACTION)));
    notes
}

/// `mean time in the server 34.0 ms (limit 20.0 ms)`.
fn evidence(evidence: &EvidenceRecord) -> String {
    let (Some(value), Some(unit)) = (evidence.value, evidence.unit) else { return evidence.label.clone() };
    let shown = figure(value, unit);
    // A share reads as a sentence: `43.0 % of active sessions wait for a lock`.
    let text = if evidence.label.starts_with("of ") && unit == EvidenceUnit::Share {
        format!("{shown} {}", evidence.label)
    } else {
        format!("{} {shown}", evidence.label)
    };
    match evidence.limit {
        Some(limit) => format!("{text} (limit {})", figure(limit, unit)),
        None => text,
    }
}

fn figure(value: f64, unit: EvidenceUnit) -> String {
    match unit {
        EvidenceUnit::Us => human::time_us(value),
        EvidenceUnit::Share => human::share(value),
        EvidenceUnit::PerS => human::rate(value),
        EvidenceUnit::Bytes => human::bytes(value.max(0.0) as u64),
        EvidenceUnit::Count => human::own((value * 10.0).round() / 10.0),
    }
}

fn operations(names: &[String]) -> String {
    let shown = names.iter().take(OPERATIONS).map(|name| human::plain(name, 30)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(OPERATIONS) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// That nothing was found, by how many rules, of what.
fn nothing(record: &Record) -> Note {
    let looked = record.rules.iter().filter(|rule| rule.lacks.is_none()).count() as u64;
    let watched = record.monitor.sources.iter().map(|source| source.name.clone());
    let over = std::iter::once("the run".to_owned()).chain(watched).collect::<Vec<_>>().join(", ");
    Note::new(Tone::Good, format!("nothing found by {}, which looked at {over}", human::things(looked, "rule")))
}

/// Which rules could not look, and for want of what.
fn blind(record: &Record) -> Option<Note> {
    let blind: Vec<_> = record.rules.iter().filter_map(|rule| Some((&*rule.id, rule.lacks.as_deref()?))).collect();
    let mut lacks: Vec<&str> = blind.iter().map(|(_, lacks)| *lacks).collect();
    lacks.sort_unstable();
    lacks.dedup();
    let ids: Vec<&str> = blind.iter().map(|(id, _)| *id).collect();
    let text = format!("without {} could not be looked for: {}", lacks.join(", "), ids.join(", "));
    (!blind.is_empty()).then(|| Note::new(Tone::Plain, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RuleRecord;
    use crate::report::{Style, sample, terminal};

    fn rules(lacks: Option<&str>) -> Vec<RuleRecord> {
        vec![RuleRecord { id: "deadlocks".into(), lacks: lacks.map(str::to_owned) }]
    }

    fn notes(record: &Record) -> Vec<String> {
        let section = section(record).expect("rules looked");
        let [Block::Notes(notes)] = section.blocks.as_slice() else { panic!("the section is notes") };
        notes.iter().map(|note| note.text.clone()).collect()
    }

    #[test]
    fn that_nothing_was_found_is_said_with_what_was_looked_at() {
        let mut record = sample::record();
        (record.findings, record.rules) = (vec![], rules(None));
        assert_eq!(notes(&record), ["nothing found by 1 rule, which looked at the run"]);
        record.rules = rules(Some("a watch on postgres"));
        assert_eq!(notes(&record)[1], "without a watch on postgres could not be looked for: deadlocks");
    }

    #[test]
    fn no_finding_takes_more_than_ten_lines() {
        let mut record = sample::record();
        let long = "a word and another, ".repeat(50);
        let said = EvidenceRecord { label: long.clone(), value: None, unit: None, limit: None };
        record.findings = vec![FindingRecord {
            id: "deadlocks".into(),
            severity: Severity::Critical,
            score: 1.0,
            title: long.clone(),
            evidence: vec![said],
            action: long.clone(),
            operations: vec![long; 9],
        }];
        let lines = |record: &Record| terminal(record, &Style::default()).lines().count();
        let with = lines(&record);
        record.findings.clear();
        // Without it there is a line which says that nothing was found.
        let without = lines(&record) - 1;
        assert!(with - without <= 10, "{} lines", with - without);
    }
}
