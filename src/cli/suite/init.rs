//! `throng suite --init`: a suite to start from.

use std::path::Path;

use crate::bundle;
use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::new::write_new;
use crate::cli::terminal::Terminal;

/// Writes a commented suite. One that is there already is never overwritten.
///
/// # Errors
/// When the file is already there, or cannot be written.
pub fn init(path: &Path, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let text = bundle::template("suite.toml").expect("the binary carries its templates");
    if !write_new(path, &text)? {
        return Err(CliError::Exists { path: path.to_owned() });
    }
    terminal.line(&format!("wrote {}", path.display()))?;
    terminal.line(&format!("next: throng suite {} --mode quick --environment ci", path.display()))?;
    Ok(ExitStatus::Passed)
}
