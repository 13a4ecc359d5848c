//! `--out FORMAT=PATH`: where else the report of a run goes.

use std::path::PathBuf;
use std::str::FromStr;

use super::error::CliError;
use crate::record::Record;
use crate::report::{self, FORMATS, Format};

/// Where else a report is to go.
#[derive(Debug, clap::Args)]
pub struct OutFlags {
    #[arg(long, value_name = "FORMAT=PATH", help = help())]
    out: Vec<String>,
}

fn help() -> String {
    let formats = FORMATS.iter().map(|format| format!("{} ({})", format.name, format.about));
    format!("Also write the report to a file; may be repeated. FORMAT is {}", formats.collect::<Vec<_>>().join(", "))
}

impl OutFlags {
    /// The files to write.
    ///
    /// # Errors
    /// What would fail later for sure.
    pub fn outputs(&self) -> Result<Vec<Output>, CliError> {
        let outputs = self.out.iter().map(|text| text.parse()).collect::<Result<Vec<Output>, CliError>>()?;
        for (place, output) in outputs.iter().enumerate() {
            // A device takes what it is given; of a file the last would be all that is left.
            let is_file = output.path.is_file() || !output.path.exists();
            if is_file && outputs[..place].iter().any(|earlier| earlier.path == output.path) {
                return Err(CliError::OutTwice { path: output.path.clone() });
            }
        }
        Ok(outputs)
    }
}

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
            return Err(CliError::BadOut { text: text.to_owned(), formats: report::names() });
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
