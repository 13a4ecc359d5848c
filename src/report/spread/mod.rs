//! The report on several runs that did the same: by how much they differ though nothing was changed.

mod document;

pub(super) use document::{document, summary};

use super::{Format, Style, html, json, markdown as page, text};
use crate::analysis::{PlayedRun, spread};
use crate::record::SpreadRecord;

/// Several runs with what they show of each other.
#[derive(Debug, Clone)]
pub struct Repeated {
    /// What they show.
    pub record: SpreadRecord,
    /// The runs.
    pub runs: Vec<PlayedRun>,
}

impl From<Vec<PlayedRun>> for Repeated {
    fn from(runs: Vec<PlayedRun>) -> Self {
        Self { record: spread(&runs), runs }
    }
}

/// The formats that it can be written in.
pub const FORMATS: &[Format<Repeated>] = &[
    Format {
        name: "json",
        about: "the figures of all runs as data",
        render: |repeated| json::render(&repeated.record),
    },
    Format {
        name: "text",
        about: "the report as on a terminal",
        render: |repeated| Ok(text::sections(&document(&repeated.record), &Style::default())),
    },
    Format {
        name: "markdown",
        about: "the report for a wiki or a pull request",
        render: |repeated| Ok(page::page(&title(&repeated.record), &document(&repeated.record))),
    },
    Format { name: "html", about: "the report with the charts of all runs, for a browser", render: html::spread },
];

/// What is printed below the lines that told of each run.
pub fn terminal(record: &SpreadRecord, style: &Style) -> String {
    text::sections(&[document::all(record)], style)
}

/// What it is about.
pub(super) fn title(record: &SpreadRecord) -> String {
    format!("{}, {}", record.scenario, super::human::things(record.runs.len() as u64, "run"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample::comparison;
    use crate::report::keys::keys;

    fn repeated() -> Repeated {
        comparison().base.into()
    }

    #[test]
    fn every_run_has_its_row_in_text() {
        let text = text::sections(&document(&repeated().record), &Style::default());
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(text.contains("Two runs differ by") && text.contains("Each run"), "{text}");
        assert!((0..5).all(|at| text.contains(&format!("base{at} "))), "{text}");
    }

    #[test]
    fn every_format_can_be_made_also_of_a_single_run() {
        let single: Repeated = comparison().base.into_iter().take(1).collect::<Vec<_>>().into();
        for repeated in [repeated(), single] {
            for format in FORMATS {
                let text = (format.render)(&repeated).expect("it can be written");
                assert!(text.contains("response.p95"), "{}", format.name);
            }
        }
    }

    #[test]
    fn every_key_is_documented_and_the_record_reads_back_as_itself() {
        let record = repeated().record;
        let text = json::render(&record).expect("it is JSON");
        let page = include_str!("../../../docs/comparing.md");
        let missing: Vec<String> =
            keys(&text, &[]).into_iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "docs/comparing.md does not tell of {missing:?}");
        assert_eq!(serde_json::from_str::<SpreadRecord>(&text).expect("it is a record"), record);
    }
}
