//! What can go wrong with a report.

use std::io;
use std::path::PathBuf;

use super::ReadError;

/// A report that could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No reporter has that name.
    #[error("there is no report format `{name}`\nhint: {hint}")]
    UnknownFormat {
        /// What was asked for.
        name: String,
        /// The nearest one, or all.
        hint: String,
    },
    /// There is no record to make it from.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The folder is not there.
    #[error("cannot write `{}`: its folder does not exist\nhint: make it with `mkdir -p {}`", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The file could not be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A histogram of the record is damaged.
    #[error("the histograms cannot be written: {what}")]
    HdrLog {
        /// Why.
        what: String,
    },
    /// The page could not be made.
    #[error("the page cannot be written: {0}")]
    Html(#[from] askama::Error),
    /// A table could not be made.
    #[error("the table cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// The document could not be made.
    #[error("the test cases cannot be written: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// The record has something that JSON cannot hold.
    #[error("the record cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
