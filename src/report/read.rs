//! Reading a record back, to make further reports from it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ReportError;
use crate::record::{Record, SCHEMA};

/// Why there is no record to be had from a file.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are what the messages say")]
pub enum ReadError {
    /// It cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// It holds something else.
    #[error(
        "`{}` is no record of a run: {source}\nhint: `throng run SCENARIO --out json=PATH` writes one",
        path.display()
    )]
    NoRecord { path: PathBuf, source: serde_json::Error },
    /// Another throng wrote it.
    #[error(
        "`{}` has schema {schema}, but this throng reads schema {SCHEMA}\nhint: use the throng that wrote it{}",
        path.display(),
        if throng.is_empty() { String::new() } else { format!(", {throng}") }
    )]
    OtherSchema { path: PathBuf, schema: u32, throng: String },
}

/// What every version of a record has.
#[derive(Deserialize)]
struct Head {
    schema: u32,
    #[serde(default)]
    throng: String,
}

/// The record that a run wrote to `path`.
///
/// # Errors
/// When the file cannot be read, is no record, or one of another schema.
pub fn read(path: &Path) -> Result<Record, ReportError> {
    let text = fs::read_to_string(path).map_err(|source| ReadError::Unreadable { path: path.to_owned(), source })?;
    let no_record = |source| ReadError::NoRecord { path: path.to_owned(), source };
    // Before all else, since what another schema has in it is not known.
    let Head { schema, throng } = serde_json::from_str(&text).map_err(no_record)?;
    if schema != SCHEMA {
        return Err(ReadError::OtherSchema { path: path.to_owned(), schema, throng }.into());
    }
    Ok(serde_json::from_str(&text).map_err(no_record)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{FORMATS, sample};

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        fs::write(file.path(), text).expect("it can be written");
        file
    }

    #[test]
    fn every_report_made_from_a_file_is_the_one_that_the_run_wrote() {
        for record in [sample::record(), sample::empty()] {
            let json = file(&serde_json::to_string(&record).expect("it is JSON"));
            let again = read(json.path()).expect("it is a record");
            for format in FORMATS {
                let text = |record| (format.render)(record).expect("it can be rendered");
                assert_eq!(text(&again), text(&record), "{}", format.name);
            }
        }
    }

    #[test]
    fn what_is_no_record_is_told_with_the_way_to_one() {
        let error = |text: &str| read(file(text).path()).expect_err("no record").to_string();
        assert!(error("{").contains("is no record of a run: EOF"), "{}", error("{"));
        assert!(error("{}").contains("missing field `schema`"));
        assert!(error(r#"{"schema": 1}"#).ends_with("writes one"));
        let newer = error(r#"{"schema": 99, "throng": "9.0.0"}"#);
        assert!(newer.contains("has schema 99") && newer.ends_with("wrote it, 9.0.0"), "{newer}");
        let missing = read(Path::new("no/such/file.json")).expect_err("no file").to_string();
        assert!(missing.starts_with("cannot read `no/such/file.json`: No such file"), "{missing}");
    }
}
