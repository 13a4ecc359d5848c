//! `throng report`: makes further reports from the record of a run.

use std::path::PathBuf;

use super::error::CliError;
use super::exit::ExitStatus;
use super::out::{OutFlags, spare};
use super::terminal::Terminal;
use crate::report;

/// Arguments of `throng report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// The record that a run wrote with `--out json=PATH`
    pub record: PathBuf,

    /// Where the reports go
    #[command(flatten)]
    pub out: OutFlags,
}

/// Writes the reports that are asked for, or else prints the one that the run printed.
///
/// # Errors
/// When the record cannot be read or a report not written.
pub fn report(args: &ReportArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let outputs = args.out.outputs()?.only_files()?;
    spare(&outputs, [args.record.as_path()])?;
    let record = report::read(&args.record)?;
    if outputs.is_empty() {
        terminal.print(&report::terminal(&record, &terminal.style()))?;
    }
    for output in outputs {
        output.write(&record)?;
    }
    Ok(ExitStatus::Passed)
}
