//! The report on a comparison: what changed between two sides of runs.
//!
//! What it says is put together in `document`, out of the parts that reports on single runs are made of; the page for browsers also has
//! both sides' runs over each other, which need their records.

mod document;
#[cfg(test)]
pub(super) mod sample;
mod summary;

pub(super) use document::{document, label, show, tone};
pub(super) use summary::summary;

use super::{Format, Style, html, json, markdown as page, text};
use crate::analysis::PlayedRun;
use crate::record::ComparisonRecord;

/// A comparison with the runs that were compared.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What came of it.
    pub record: ComparisonRecord,
    /// The runs that are held against.
    pub base: Vec<PlayedRun>,
    /// Those that are held against them.
    pub new: Vec<PlayedRun>,
}

/// The formats that a comparison can be written in.
pub const FORMATS: &[Format<Comparison>] = &[
    Format { name: "json", about: "the comparison as data", render: |comparison| json::render(&comparison.record) },
    Format {
        name: "text",
        about: "the report as on a terminal",
        render: |comparison| Ok(terminal(&comparison.record, &Style::default())),
    },
    Format {
        name: "markdown",
        about: "the report for a wiki or a pull request",
        render: |comparison| Ok(markdown(&comparison.record)),
    },
    Format { name: "html", about: "the report with both sides' charts, for a browser", render: html::comparison },
];

/// The report for terminals.
pub fn terminal(record: &ComparisonRecord, style: &Style) -> String {
    text::sections(&document(record), style)
}

/// The report for wikis and pull requests.
fn markdown(record: &ComparisonRecord) -> String {
    page::page(&title(record), &document(record))
}

/// What it is about, and what came of it.
pub(super) fn title(record: &ComparisonRecord) -> String {
    let verdict = if record.indicative { "indicative".to_owned() } else { record.verdict.to_string() };
    format!("{}, {} against {}: {verdict}", record.scenario, record.new.name, record.base.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::keys::keys;

    #[test]
    fn the_whole_report_in_text() {
        let text = terminal(&sample::comparison().record, &Style::default());
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_whole_report_in_markdown() {
        insta::assert_snapshot!(markdown(&sample::comparison().record));
    }

    #[test]
    fn one_run_a_side_is_a_hint() {
        let text = terminal(&sample::single().record, &Style::default());
        assert!(text.contains("indicative") && !text.contains("worse:"), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_narrow_terminal_gets_fewer_columns() {
        let narrow = terminal(&sample::comparison().record, &Style::terminal(72, false));
        assert!(narrow.lines().all(|line| line.chars().count() <= 72), "{narrow}");
    }

    #[test]
    fn every_key_is_documented_and_the_record_reads_back_as_itself() {
        let record = sample::comparison().record;
        let text = json::render(&record).expect("it is JSON");
        let found = keys(&text, &[]);
        let page = include_str!("../../../docs/comparing.md");
        let missing: Vec<&String> = found.iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "docs/comparing.md does not tell of {missing:?}");
        assert_eq!(serde_json::from_str::<ComparisonRecord>(&text).expect("it is a record"), record);
    }
}
