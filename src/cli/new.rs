//! `throng new`: a scenario to start from, and what an editor needs for it.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::exit::ExitStatus;
use super::terminal::Terminal;
use crate::bundle;

/// Where the type stubs go; the template of `.luarc.json` names it too.
const TYPES: &str = ".throng/types";

/// Arguments of `throng new`.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// The scenario's name; NAME.lua is written here
    pub name: String,
}

/// Writes the files. One that is there already is never overwritten: the scenario's is an error, others are kept.
///
/// # Errors
/// When the name is none, the scenario is already there, or a file cannot be written.
pub fn new(args: &NewArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let name = args.name.strip_suffix(".lua").unwrap_or(&args.name);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.starts_with('-') || !name.chars().all(is_name) {
        return Err(CliError::BadName { name: args.name.clone() });
    }
    let file = format!("{name}.lua");
    let scenario = template("scenario.lua").replace("@NAME@", name).replace("@FILE@", &file);
    let path = PathBuf::from(&file);
    if !write_new(&path, &scenario)? {
        return Err(CliError::Exists { path });
    }
    terminal.line(&format!("wrote {file}"))?;

    let editor = std::iter::once((PathBuf::from(".luarc.json"), template("luarc.json")))
        .chain(bundle::stubs().into_iter().map(|(path, text)| (Path::new(TYPES).join(path), text)));
    let (mut written, mut kept) = (0, 0);
    for (path, text) in editor {
        if write_new(&path, &text)? {
            written += 1;
        } else {
            kept += 1;
        }
    }
    match (written, kept) {
        (0, _) => terminal.line(&format!("kept .luarc.json and {TYPES} as they were"))?,
        (_, 0) => terminal.line(&format!("wrote .luarc.json and {TYPES} for editors"))?,
        _ => terminal.line(&format!("wrote {written} files of .luarc.json and {TYPES}, kept {kept} as they were"))?,
    }
    terminal.line(&format!("next: throng rehearse {file}"))?;
    Ok(ExitStatus::Passed)
}

fn template(name: &str) -> String {
    bundle::template(name).expect("the binary carries its templates")
}

/// Writes a file unless there is one; says whether it did.
pub(super) fn write_new(path: &Path, text: &str) -> Result<bool, CliError> {
    let failed = |source| CliError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}
