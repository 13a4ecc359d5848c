//! Where a suite keeps its records and reports, and what it needs to be resumed.
//!
//! `runs/NAME.json` and `runs/NAME.md` are written as soon as a run is over, then `state.json`, which says by its key what that
//! record is of. So whatever happens between two runs, what is kept is whole. A folder is that of one suite, and of one play
//! at a time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

use super::play::Over;
use super::ready::{Ready, ReadyRun};
use crate::cli::error::CliError;
use crate::record::{Record, SuiteRecord, Verdict};
use crate::report;

/// Where suites are kept unless told otherwise: beside what `throng new` writes for editors.
const USUAL: &str = ".throng/suites";

/// What `--resume` needs, in a suite's folder.
const STATE: &str = "state.json";

/// The version of that.
const SCHEMA: u32 = 1;

/// What `state.json` holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    schema: u32,
    /// The suite's name; empty in files of before it was kept.
    #[serde(default)]
    suite: String,
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
    /// Held while the suite is played. The kernel lets go of it however throng ends.
    _lock: Flock<File>,
}

/// The folder of a suite that nobody chose one for.
pub fn usual(suite: &str) -> PathBuf {
    Path::new(USUAL).join(suite)
}

impl Folder {
    /// Opens the folder of a suite, and makes it if need be. Unless what it holds is resumed, what is going to be played is
    /// removed from it.
    ///
    /// # Errors
    /// When it cannot be made or written, when another suite or another play has it, and when what it holds is to be
    /// resumed and can't be understood.
    pub fn open(path: &Path, suite: &str, ready: &Ready, resume: bool) -> Result<Self, CliError> {
        if path.exists() && !path.is_dir() {
            return Err(CliError::NoFolder { path: path.to_owned() });
        }
        let runs = path.join("runs");
        fs::create_dir_all(&runs).map_err(|source| CliError::Write { path: runs, source })?;
        let lock = lock(path)?;
        let state = match (read(&path.join(STATE)), resume) {
            (Ok(state), _) => state,
            (Err(problem), true) => return Err(CliError::Unresumable { path: path.join(STATE), problem }),
            // It is about to be written anew.
            (Err(_), false) => State::default(),
        };
        if !state.suite.is_empty() && state.suite != suite {
            return Err(CliError::OthersFolder { path: path.to_owned(), suite: state.suite });
        }
        let state = State { schema: SCHEMA, suite: suite.to_owned(), ..state };
        let mut folder = Self { path: path.to_owned(), state, _lock: lock };
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

    fn save_state(&self) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(&self.state).map_err(report::ReportError::from)?;
        Ok(report::write(&self.path.join(STATE), &(text + "\n"))?)
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

/// Keeps others from playing a suite in a folder.
fn lock(folder: &Path) -> Result<Flock<File>, CliError> {
    let path = folder.join("lock");
    let failed = |source| CliError::Write { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| match errno {
        nix::errno::Errno::EWOULDBLOCK => CliError::InUse { path: folder.to_owned() },
        errno => CliError::Write { path: path.clone(), source: errno.into() },
    })
}

/// What a folder was left with; none is fine.
fn read(path: &Path) -> Result<State, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(State::default()),
        Err(error) => return Err(error.to_string()),
    };
    let state: State = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    match state.schema {
        SCHEMA => Ok(state),
        other => Err(format!("it is of version {other}, and this throng reads version {SCHEMA}")),
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
