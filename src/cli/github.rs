//! What throng tells GitHub Actions by itself when it runs there: annotations, and its report as the step's summary.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::terminal::Terminal;
use crate::record::Record;
use crate::report;

/// Names the file that the step's summary is added to.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Tells GitHub Actions of a run, if it was played there.
///
/// # Errors
/// When standard output cannot be written.
pub fn tell(record: &Record, terminal: &mut Terminal) -> Result<(), CliError> {
    annotate(record, terminal)?;
    if is_here() {
        summarise(&(report::format("markdown")?.render)(record)?, terminal);
    }
    Ok(())
}

/// The annotations alone, for a run that is one of several.
///
/// # Errors
/// When standard output cannot be written.
pub fn annotate(record: &Record, terminal: &mut Terminal) -> Result<(), CliError> {
    if is_here() {
        terminal.print(&(report::format("github")?.render)(record)?)?;
    }
    Ok(())
}

/// Adds a page to the step's summary, if there is one. A summary that can't be written is no failure of what it is about.
pub fn summarise(page: &str, terminal: &Terminal) {
    let named = env::var_os(SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from);
    let Some(path) = named.filter(|_| is_here()) else { return };
    if let Err(source) = append(&path, page) {
        let path = path.display();
        terminal.warn(&format!("the step's summary lacks this report: `{path}`, which {SUMMARY} names: {source}"));
    }
}

fn is_here() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Other steps write there too.
fn append(path: &Path, page: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(page.as_bytes())
}
