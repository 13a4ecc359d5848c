//! `throng history`: how figures went over many runs, and since which run they are others.

use std::path::PathBuf;

use super::compare::CompareFlags;
use super::error::CliError;
use super::exit::ExitStatus;
use super::out::{help_on, make_way, outputs, spare};
use super::records;
use super::terminal::Terminal;
use crate::analysis::{SeenRun, history as of_runs};
use crate::report::history;

/// Arguments of `throng history`.
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// A folder of records; folders below it are looked into too
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// What matters
    #[command(flatten)]
    pub how: CompareFlags,

    #[arg(long, value_name = "FORMAT=PATH", help = help_on(history::FORMATS))]
    out: Vec<String>,
}

/// Looks at all records of a folder, prints the report, and writes it wherever it is asked for.
///
/// # Errors
/// When the folder can't be listed or has no record, or a report can't be written.
pub fn history(args: &HistoryArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let min_change = args.how.min_change()?;
    let outputs = outputs(&args.out, history::FORMATS)?;
    let found = records::read_folder(&args.folder, |run| (SeenRun::from(&run), PathBuf::from(run.path)))?;
    if found.runs.is_empty() {
        return Err(CliError::NoRecords { path: args.folder.clone() });
    }
    let (runs, paths): (Vec<_>, Vec<_>) = found.runs.into_iter().unzip();
    spare(&outputs, paths.iter().map(PathBuf::as_path))?;
    make_way(&outputs, terminal);
    let record = of_runs(runs, min_change, found.others);
    terminal.print(&history::terminal(&record, &terminal.style()))?;
    for output in outputs {
        output.write(&record)?;
    }
    Ok(ExitStatus::Passed)
}
