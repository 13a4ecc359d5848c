//! The reporters by name.

use super::{ReportError, Style, csv, github, hdr, html, influx, json, junit, markdown, text};
use crate::record::Record;

/// A format that a record, or a `T`, can be written in.
#[derive(Debug)]
pub struct Format<T: 'static = Record> {
    /// Its name, as in `--out NAME=PATH`.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// The text of it.
    pub render: fn(&T) -> Result<String, ReportError>,
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format { name: "json", about: "the record itself, from which all else can be made", render: json::render },
    Format {
        name: "text",
        about: "the report as on a terminal",
        render: |record| Ok(text::render(record, &Style::default())),
    },
    Format {
        name: "markdown",
        about: "the report for a wiki or a pull request",
        render: |record| Ok(markdown::render(record)),
    },
    Format { name: "html", about: "the report with charts, one file for a browser", render: html::render },
    Format { name: "csv", about: "a row for each operation", render: csv::operations },
    Format { name: "csv-intervals", about: "a row for each interval", render: csv::intervals },
    Format { name: "junit", about: "thresholds and checks as test cases, in XML", render: junit::render },
    Format { name: "github", about: "annotations for GitHub Actions", render: |record| Ok(github::render(record)) },
    Format { name: "influx", about: "InfluxDB's line protocol", render: |record| Ok(influx::render(record)) },
    Format { name: "hdr", about: "response times by interval as an HdrHistogram log", render: hdr::render },
];

/// The names of formats, for people: `` `json`, `text` ``.
pub fn names<T>(formats: &[Format<T>]) -> String {
    formats.iter().map(|format| format!("`{}`", format.name)).collect::<Vec<_>>().join(", ")
}

/// The format of a record of that name.
///
/// # Errors
/// When there is none, with the nearest.
pub fn format(name: &str) -> Result<&'static Format, ReportError> {
    find(FORMATS, name)
}

/// The one of that name.
///
/// # Errors
/// When there is none, with the nearest.
pub fn find<T>(formats: &'static [Format<T>], name: &str) -> Result<&'static Format<T>, ReportError> {
    formats.iter().find(|format| format.name == name).ok_or_else(|| {
        let near = formats.iter().find(|format| strsim::osa_distance(format.name, name) <= 2);
        let hint = match near {
            Some(near) => format!("did you mean `{}`?", near.name),
            None => format!("one of {}", names(formats)),
        };
        ReportError::UnknownFormat { name: name.to_owned(), hint }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_format_names_the_nearest() {
        assert_eq!(format("json").expect("it exists").name, "json");
        assert!(format("jsn").expect_err("a typo").to_string().ends_with("did you mean `json`?"));
        assert!(
            format("spreadsheet").expect_err("unknown").to_string().contains("one of `json`, `text`, `markdown`, ")
        );
    }
}
