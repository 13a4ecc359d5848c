//! The report on many runs: how figures went, and from which run on they were others.

mod document;
#[cfg(test)]
pub(super) mod sample;

pub(super) use document::{document, title_of};

use super::{Format, Style, html, json, markdown as page, text};
use crate::record::HistoryRecord;

/// The formats that a history can be written in.
pub const FORMATS: &[Format<HistoryRecord>] = &[
    Format { name: "json", about: "the history as data", render: json::render },
    Format {
        name: "text",
        about: "the report as on a terminal",
        render: |record| Ok(terminal(record, &Style::default())),
    },
    Format {
        name: "markdown",
        about: "the report for a wiki or a pull request",
        render: |record| Ok(markdown(record)),
    },
    Format { name: "html", about: "the report with charts, for a browser", render: html::history },
];

/// The report for terminals.
pub fn terminal(record: &HistoryRecord, style: &Style) -> String {
    text::sections(&document(record), style)
}

/// The report for wikis and pull requests.
fn markdown(record: &HistoryRecord) -> String {
    page::page("History", &document(record))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::keys::keys;

    #[test]
    fn the_whole_report_in_text() {
        let text = terminal(&sample::history(), &Style::default());
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_whole_report_in_markdown() {
        insta::assert_snapshot!(markdown(&sample::history()));
    }

    #[test]
    fn every_key_is_documented_and_the_record_reads_back_as_itself() {
        let record = sample::history();
        let text = json::render(&record).expect("it is JSON");
        let found = keys(&text, &[]);
        let page = include_str!("../../../docs/comparing.md");
        let missing: Vec<&String> = found.iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "docs/comparing.md does not tell of {missing:?}");
        assert_eq!(serde_json::from_str::<HistoryRecord>(&text).expect("it is a record"), record);
    }
}
