//! What comes of an experiment: the comparison, its report, and the exit status.

use super::folder::Folder;
use super::play::Played;
use crate::analysis::PlayedRun;
use crate::cli::compare::{self, Allowed};
use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::out::Output;
use crate::cli::terminal::Terminal;
use crate::report::comparison::{self, Comparison};

/// How an experiment is compared.
pub struct How<'a> {
    /// What the sides are called.
    pub names: [&'a str; 2],
    /// The least change that matters, a part of 1.
    pub min_change: f64,
    /// What may differ.
    pub allowed: Allowed,
    /// Where else the report goes.
    pub outputs: Vec<Output<Comparison>>,
}

/// Compares what there is, tells it, and keeps the report. The runs' own ends weigh in: a threshold that failed as much as something
/// that got worse, what kept a run from its end more.
///
/// Runs that turn out to be unlike are told, and kept all the same.
///
/// # Errors
/// When a report can't be written.
pub fn conclude(
    played: Played,
    base: Vec<PlayedRun>,
    new: Vec<PlayedRun>,
    how: How<'_>,
    folder: &Folder,
    terminal: &mut Terminal,
) -> Result<ExitStatus, CliError> {
    let status = played.status;
    let empty = how.names.iter().zip([&base, &new]).find(|(_, runs)| runs.is_empty());
    if let Some((name, _)) = empty {
        terminal.line(&format!("\nnothing to compare: no run of {name} came to its end"))?;
        return Ok(status.and(ExitStatus::Incomplete));
    }
    let [a, b] = how.names;
    let comparison = match compare::hold((a, base), (b, new), how.min_change, &how.allowed) {
        Ok(comparison) => comparison,
        Err(error) => {
            terminal.error(&error);
            terminal.line(&format!("\nrecords: {}", folder.path().display()))?;
            return Ok(status.and(ExitStatus::from(&error)));
        }
    };
    terminal.line("")?;
    terminal.print(&comparison::terminal(&comparison.record, &terminal.style()))?;
    folder.report(&comparison)?;
    for output in &how.outputs {
        output.write(&comparison)?;
    }
    terminal.line(&format!("\nrecords and report: {}", folder.path().display()))?;
    Ok(status.and(compare::status(&comparison)))
}
