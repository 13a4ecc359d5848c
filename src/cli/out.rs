//! `--out FORMAT=PATH`: where else the report of a run goes.

use std::path::PathBuf;
use std::str::FromStr;

use super::error::CliError;
use crate::record::Record;
use crate::report::{self, FORMATS, Format};

/// One file to write.
#[derive(Debug, Clone)]
pub struct Output {
    format: &'static Format,
    path: PathBuf,
}

impl FromStr for Output {
    type Err = CliError;

    /// Reads `FORMAT=PATH`. What would fail after the run for sure fails here, before it.
    fn from_str(text: &str) -> Result<Self, CliError> {
        let Some((format, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            let formats = FORMATS.map(|format| format!("`{}`", format.name)).join(", ");
            return Err(CliError::BadOut { text: text.to_owned(), formats });
        };
        let format = report::format(format)?;
        if path == "-" {
            return Err(CliError::OutToNowhere { text: text.to_owned(), format: format.name });
        }
        let path = PathBuf::from(path);
        report::check(&path).map_err(CliError::OutPlace)?;
        Ok(Self { format, path })
    }
}

impl Output {
    /// Writes the report of a run.
    ///
    /// # Errors
    /// When the file cannot be written; what stood there before is then still there.
    pub fn write(&self, record: &Record) -> Result<(), CliError> {
        let text = (self.format.render)(record)?;
        Ok(report::write(&self.path, &text)?)
    }
}
