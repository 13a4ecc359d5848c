//! `throng list`: the bundled scenarios and suites.

use super::error::CliError;
use super::exit::ExitStatus;
use super::prepare::load;
use super::suite::find;
use super::table;
use super::terminal::Terminal;
use crate::bundle;

/// Lists the bundled scenarios with what they model, and the bundled suites.
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
    terminal.line("\nsuites, for `throng suite`:\n")?;
    let mut rows = Vec::new();
    for name in bundle::suites() {
        let found = find(&name)?;
        rows.push([name, found.suite.about]);
    }
    terminal.line(&table::plain(None, rows))?;
    Ok(ExitStatus::Passed)
}
