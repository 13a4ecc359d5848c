//! Finding a suite, and the scenarios that it names.

use std::path::{Path, PathBuf};

use crate::bundle;
use crate::cli::error::CliError;
use crate::cli::locate::locate;
use crate::cli::{tables, variables};
use crate::plan::Data;
use crate::plan::nearest::hint_for;
use crate::plan::suite::Suite;
use crate::script::Source;

/// A suite, and where it is.
pub struct Found {
    /// What its file says.
    pub suite: Suite,
    /// The folder of its file; none if it is bundled.
    folder: Option<PathBuf>,
}

/// The suite that `name` means: a file if there is one of that name, with or without `.toml`, else a bundled one.
///
/// # Errors
/// When there is neither, or what is wrong with it.
pub fn find(name: &str) -> Result<Found, CliError> {
    let path = Path::new(name);
    if path.is_file() {
        return file(path);
    }
    if let Some(text) = bundle::suite(name) {
        let suite = read(name, &text)
            .map_err(|problem| CliError::Config { path: format!("suites/{name}.toml").into(), problem })?;
        return Ok(Found { suite, folder: None });
    }
    let with_extension = PathBuf::from(format!("{name}.toml"));
    if with_extension.is_file() {
        return file(&with_extension);
    }
    let bundled = bundle::suites();
    Err(CliError::NoSuite { name: name.to_owned(), hint: hint_for(name, bundled.iter().map(String::as_str)) })
}

fn file(path: &Path) -> Result<Found, CliError> {
    let wrong = |problem: String| CliError::Config { path: path.to_owned(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let suite = read(&name, &text).map_err(wrong)?;
    Ok(Found { suite, folder: Some(path.parent().unwrap_or(Path::new("")).to_owned()) })
}

fn read(name: &str, text: &str) -> Result<Suite, String> {
    let fields = tables::read(text)?;
    let settings = |table: &Data, path: &str| variables::settings(table, path, &variables::of_process);
    Suite::from_data(name, Data::Map(fields), &settings).map_err(|error| error.to_string())
}

impl Found {
    /// The scenario that a run names: a file beside the suite, else what `throng run` would find.
    /// A bundled suite means bundled scenarios, whatever lies in the folder where it is played.
    ///
    /// # Errors
    /// As [`locate`].
    pub fn scenario(&self, name: &str) -> Result<Source, CliError> {
        let Some(folder) = &self.folder else {
            let bundled = bundle::scenario(name).map(|text| Source::bundled(name, text));
            return bundled.map_or_else(|| locate(name), Ok);
        };
        let beside = [folder.join(name), folder.join(format!("{name}.lua"))].into_iter().find(|path| path.is_file());
        match beside {
            Some(path) => Source::file(&path).map_err(|source| CliError::ReadScenario { path, source }),
            None => locate(name),
        }
    }
}
