//! What a run tells GitHub Actions by itself when it runs there: annotations, and its report as the step's summary.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use super::error::CliError;
use super::terminal::Terminal;
use crate::record::Record;
use crate::report;

/// Tells GitHub Actions of a run, if it was played there.
///
/// # Errors
/// When the summary, or standard output, cannot be written.
pub fn tell(record: &Record, terminal: &mut Terminal) -> Result<(), CliError> {
    if env::var_os("GITHUB_ACTIONS").is_none_or(|value| value != "true") {
        return Ok(());
    }
    terminal.print(&(report::format("github")?.render)(record)?)?;
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else { return Ok(()) };
    let text = (report::format("markdown")?.render)(record)?;
    // Other steps write there too.
    let opened = OpenOptions::new().append(true).create(true).open(&path);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| CliError::Write { path, source })
}
