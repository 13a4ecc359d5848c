//! Finding a scenario: a file, or one that throng carries.

use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::bundle;
use crate::plan::nearest::hint_for;
use crate::script::Source;

/// The scenario that `name` means: a file if there is one of that name, with or without `.lua`, else a bundled one.
///
/// # Errors
/// When there is neither, with the nearest names; or when the file cannot be read.
pub fn locate(name: &str) -> Result<Source, CliError> {
    let path = Path::new(name);
    if path.is_file() {
        return file(path);
    }
    if let Some(text) = bundle::scenario(name) {
        return Ok(Source::bundled(name, text));
    }
    let with_extension = PathBuf::from(format!("{name}.lua"));
    if with_extension.is_file() {
        return file(&with_extension);
    }
    if path.is_dir() {
        return Err(CliError::ScenarioFolder(name.to_owned()));
    }
    let bundled = bundle::scenarios();
    // Who leaves the folder out, or names the folder alone, is told what is in it.
    let related: Vec<&str> = bundled.iter().map(String::as_str).filter(|known| is_related(known, name)).collect();
    let known: Vec<String> = bundled.iter().cloned().chain(files_beside(path)).collect();
    let hint = match related.as_slice() {
        [] => hint_for(name, known.iter().map(String::as_str)),
        related => format!("\nhint: there is `{}`", related.join("`, `")),
    };
    Err(CliError::NoScenario { name: name.to_owned(), hint })
}

/// Whether the bundled scenario `known` is `name` in some folder, or in the folder `name`.
fn is_related(known: &str, name: &str) -> bool {
    known.split_once('/').is_some_and(|(folder, rest)| rest == name || folder == name.trim_end_matches('/'))
}

fn file(path: &Path) -> Result<Source, CliError> {
    Source::file(path).map_err(|source| CliError::ReadScenario { path: path.to_owned(), source })
}

/// The Lua files in the folder where `path` would be, written the same way.
fn files_beside(path: &Path) -> Vec<String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(listed) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            let lua = Path::new(&name).extension().is_some_and(|extension| extension == "lua");
            lua.then(|| folder.join(name).to_str().map(str::to_owned)).flatten()
        })
        .collect();
    names.sort();
    names
}
