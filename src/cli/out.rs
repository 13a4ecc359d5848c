//! `--out FORMAT=PATH`: where else the report of a run goes.

use std::path::PathBuf;

use super::error::CliError;
use crate::record::Record;
use crate::report::{self, FORMATS, Format};

/// Where else a report is to go.
#[derive(Debug, Default, clap::Args)]
pub struct OutFlags {
    #[arg(long, value_name = "FORMAT=PATH", help = help())]
    out: Vec<String>,
}

fn help() -> String {
    help_on(FORMATS)
}

/// What is said of `--out` where it takes these formats.
pub fn help_on<T>(formats: &[Format<T>]) -> String {
    let formats = formats.iter().map(|format| format!("{} ({})", format.name, format.about));
    format!("Also write the report to a file; may be repeated. FORMAT is {}", formats.collect::<Vec<_>>().join(", "))
}

impl OutFlags {
    /// The files to write.
    ///
    /// # Errors
    /// What would fail later for sure.
    pub fn outputs(&self) -> Result<Vec<Output>, CliError> {
        outputs(&self.out, FORMATS)
    }

    /// Whether none is asked for.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }
}

/// The files that `--out` names, in some of these formats.
///
/// # Errors
/// What would fail later for sure.
pub fn outputs<T>(texts: &[String], formats: &'static [Format<T>]) -> Result<Vec<Output<T>>, CliError> {
    let outputs = texts.iter().map(|text| Output::read(text, formats)).collect::<Result<Vec<_>, CliError>>()?;
    for (place, output) in outputs.iter().enumerate() {
        // A device takes what it is given; of a file the last would be all that is left.
        let is_file = output.path.is_file() || !output.path.exists();
        if is_file && outputs[..place].iter().any(|earlier| earlier.path == output.path) {
            return Err(CliError::OutTwice { path: output.path.clone() });
        }
    }
    Ok(outputs)
}

/// One file to write.
#[derive(Debug)]
pub struct Output<T: 'static = Record> {
    format: &'static Format<T>,
    path: PathBuf,
}

impl<T> Output<T> {
    /// Reads `FORMAT=PATH`. What would fail after the run for sure fails here, before it.
    fn read(text: &str, formats: &'static [Format<T>]) -> Result<Self, CliError> {
        let Some((format, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            return Err(CliError::BadOut { text: text.to_owned(), formats: report::names(formats) });
        };
        let format = report::find(formats, format)?;
        if path == "-" {
            return Err(CliError::OutToNowhere { text: text.to_owned(), format: format.name });
        }
        let path = PathBuf::from(path);
        report::check(&path).map_err(CliError::OutPlace)?;
        Ok(Self { format, path })
    }

    /// Writes the report of a run, or of whatever it is.
    ///
    /// # Errors
    /// When the file cannot be written; what stood there before is then still there.
    pub fn write(&self, record: &T) -> Result<(), CliError> {
        let text = (self.format.render)(record)?;
        Ok(report::write(&self.path, &text)?)
    }
}
