//! `throng list`: the bundled scenarios.

use super::error::CliError;
use super::exit::ExitStatus;
use super::prepare::load;
use super::table;
use super::terminal::Terminal;
use crate::bundle;

/// Lists the bundled scenarios with what they model.
///
/// # Errors
/// When one cannot be loaded, or standard output not written.
pub fn list(terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let mut rows = Vec::new();
    for name in bundle::scenarios() {
        let (_, scenario) = load(&name)?;
        rows.push([name, scenario.about]);
    }
    terminal.line(&table::plain(None, rows))?;
    Ok(ExitStatus::Passed)
}
