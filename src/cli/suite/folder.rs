//! Where a suite keeps its records and reports, and what it needs to be resumed.
//!
//! `runs/NAME.json` and `runs/NAME.md` are written as soon as a run is over, then `state.json`, which says by its key what that
//! record is of. So whatever happens between two runs, what is kept is whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::play::Over;
use super::ready::{Ready, ReadyRun};
use crate::cli::error::CliError;
use crate::record::{Record, SuiteRecord, Verdict};
use crate::report;

/// Where suites are kept unless told otherwise: beside what `throng new` writes for editors.
const USUAL: &str = ".throng/suites";

/// The version of `state.json`.
const SCHEMA: u32 = 1;

/// What `state.json` holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    schema: u32,
    /// The runs whose record is whole, by name.
    finished: BTreeMap<String, Finished>,
}

/// A run whose record is whole.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    /// What tells it from any other.
    key: String,
    /// What was played beside it.
    beside: Vec<String>,
}

/// The folder of one suite.
pub struct Folder {
    path: PathBuf,
    state: State,
}

/// The folder of a suite that nobody chose one for.
pub fn usual(suite: &str) -> PathBuf {
    Path::new(USUAL).join(suite)
}

impl Folder {
    /// Opens a folder, and makes it if need be. Unless what it holds is resumed, what is going to be played is removed from it.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub fn open(path: &Path, ready: &Ready, resume: bool) -> Result<Self, CliError> {
        let mut folder = Self { path: path.to_owned(), state: State::default() };
        let runs = folder.path.join("runs");
        fs::create_dir_all(&runs).map_err(|source| CliError::Write { path: runs, source })?;
        let kept = fs::read_to_string(folder.state_path()).ok();
        let kept =
            kept.and_then(|text| serde_json::from_str::<State>(&text).ok()).filter(|state| state.schema == SCHEMA);
        folder.state.finished = kept.unwrap_or_default().finished;
        folder.state.schema = SCHEMA;
        for run in ready.runs() {
            let same = folder.state.finished.get(run.name()).is_some_and(|finished| finished.key == run.key);
            if !(resume && same) {
                folder.state.finished.remove(run.name());
                folder.forget(run.name())?;
            }
        }
        folder.save_state()?;
        Ok(folder)
    }

    /// The record of a run that was over before, if it is the same run; and what was played beside it.
    pub fn kept(&self, run: &ReadyRun) -> Option<(Record, Vec<String>)> {
        let finished = self.state.finished.get(run.name()).filter(|finished| finished.key == run.key)?;
        let text = fs::read_to_string(self.path.join(json(run.name()))).ok()?;
        Some((serde_json::from_str(&text).ok()?, finished.beside.clone()))
    }

    /// Keeps the record of a run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&mut self, over: &Over, record: &Record) -> Result<(), CliError> {
        let name = &over.run.name;
        for (format, path) in [("json", json(name)), ("markdown", format!("runs/{name}.md"))] {
            let text = (report::format(format)?.render)(record)?;
            report::write(&self.path.join(path), &text)?;
        }
        if !is_whole(record) {
            return Ok(());
        }
        let finished = Finished { key: over.key.clone(), beside: over.run.beside.clone() };
        self.state.finished.insert(name.clone(), finished);
        self.save_state()
    }

    /// Writes the report over all runs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn report(&self, record: &SuiteRecord) -> Result<(), CliError> {
        report::write(&self.path.join("suite.json"), &report::suite::json(record)?)?;
        Ok(report::write(&self.path.join("suite.md"), &report::suite::markdown(record))?)
    }

    fn state_path(&self) -> PathBuf {
        self.path.join("state.json")
    }

    fn save_state(&self) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(&self.state).map_err(report::ReportError::from)?;
        Ok(report::write(&self.state_path(), &(text + "\n"))?)
    }

    /// Removes what is kept of a run, so that no old record can be taken for a new one.
    fn forget(&self, name: &str) -> Result<(), CliError> {
        for file in [json(name), format!("runs/{name}.md"), "suite.json".to_owned(), "suite.md".to_owned()] {
            let path = self.path.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(CliError::Write { path, source: error });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a run was judged on what it measured; one that something kept from its end is worth another try.
fn is_whole(record: &Record) -> bool {
    record.verdict != Verdict::Interrupted && matches!(record.exit_code, 0 | 3)
}

/// The record of a run, its path counted from the folder.
pub fn json(run: &str) -> String {
    format!("runs/{run}.json")
}
