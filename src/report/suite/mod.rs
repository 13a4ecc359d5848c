//! The report on a suite: its runs beside each other.
//!
//! What it says is put together in `document`, out of the parts that reports on single runs are made of.

mod document;
#[cfg(test)]
mod sample;

use self::document::document;
use super::{ReportError, Style, json, markdown as page, text};
use crate::record::SuiteRecord;

/// The report for terminals.
pub fn terminal(record: &SuiteRecord, style: &Style) -> String {
    text::sections(&document(record), style)
}

/// The report for wikis and pull requests.
pub fn markdown(record: &SuiteRecord) -> String {
    page::page(&format!("{}: {}", record.suite, record.verdict), &document(record))
}

/// The record itself.
///
/// # Errors
/// When it has something that JSON cannot hold.
pub fn json(record: &SuiteRecord) -> Result<String, ReportError> {
    json::render(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::keys::keys;

    #[test]
    fn the_whole_report_in_text() {
        let text = terminal(&sample::record(), &Style::default());
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_whole_report_in_markdown() {
        insta::assert_snapshot!(markdown(&sample::record()));
    }

    #[test]
    fn a_narrow_terminal_gets_fewer_columns() {
        let narrow = terminal(&sample::record(), &Style::terminal(72, false));
        assert!(narrow.lines().all(|line| line.chars().count() <= 72), "{narrow}");
    }

    #[test]
    fn every_key_is_documented_and_the_record_reads_back_as_itself() {
        let record = sample::record();
        let text = json(&record).expect("it is JSON");
        // What a scenario chooses is left out; the keys of times are the record's.
        let found = keys(&text, &["params", "response_us"]);
        let page = include_str!("../../../docs/suites.md");
        let missing: Vec<&String> = found
            .iter()
            .filter(|key| !page.contains(&format!("`{key}`")) && !page.contains(&format!("`{key}[]`")))
            .collect();
        assert!(missing.is_empty(), "docs/suites.md does not tell of {missing:?}");
        assert_eq!(serde_json::from_str::<SuiteRecord>(&text).expect("it is a record"), record);
    }
}
