//! Finding records: files as they are named, and all records of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::analysis::PlayedRun;
use crate::report::{self, ReadError, ReportError};

/// The records that paths name; of a folder all that lie in it, the earliest first.
///
/// # Errors
/// When a file is no record of a run, or a folder has none.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<PlayedRun>, CliError> {
    let mut runs = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => {
                let found = read_folder(path, |run| run)?;
                if !found.others.is_empty() {
                    return Err(CliError::NotRecords { what: found.others.join("\n") });
                }
                if found.runs.is_empty() {
                    return Err(CliError::NoRecords { path: path.clone() });
                }
                runs.extend(found.runs);
            }
            false => runs.push(PlayedRun { path: path.display().to_string(), record: report::read(path)? }),
        }
    }
    Ok(runs)
}

/// What a folder holds.
pub struct Found<T> {
    /// What was taken of its records, the earliest first.
    pub runs: Vec<T>,
    /// JSON files that are no records, each with the reason.
    pub others: Vec<String>,
}

/// The records in a folder and in those below it, of each what `take` leaves: a record holds every interval of its run, and a
/// folder may have those of a year. Files that belong to something else are left out: what a comparison or a suite
/// is kept in is no mistake.
///
/// # Errors
/// When the folder can't be listed.
pub fn read_folder<T>(path: &Path, take: impl Fn(PlayedRun) -> T) -> Result<Found<T>, CliError> {
    let (mut runs, mut others) = (Vec::new(), Vec::new());
    for file in files(path)? {
        match report::read(&file) {
            Ok(record) => {
                let path = file.display().to_string();
                runs.push(((record.started_at.clone(), path.clone()), take(PlayedRun { path, record })));
            }
            Err(ReportError::Read(ReadError::NoRecord { path, source })) if !is_of_throng(&path) => {
                others.push(format!("`{}` is no record of a run: {source}", path.display()));
            }
            Err(ReportError::Read(ReadError::NoRecord { .. })) => {}
            Err(error) => others.push(error.to_string()),
        }
    }
    runs.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Found { runs: runs.into_iter().map(|(_, run)| run).collect(), others })
}

/// Folders below a folder that are looked into; records lie no deeper.
const DEPTH: usize = 4;

fn files(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let (mut files, mut folders) = (Vec::new(), vec![(path.to_owned(), 0)]);
    while let Some((folder, depth)) = folders.pop() {
        let unlisted = |source| CliError::Folder { path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(unlisted)? {
            let path = entry.map_err(unlisted)?.path();
            match path.is_dir() {
                true if depth < DEPTH && !path.is_symlink() => folders.push((path, depth + 1)),
                true => {}
                false if path.extension().is_some_and(|extension| extension == "json") => files.push(path),
                false => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file is one that throng keeps beside records.
fn is_of_throng(path: &Path) -> bool {
    let kept = ["comparison.json", "history.json", "suite.json", "state.json"];
    path.file_name().is_some_and(|name| kept.iter().any(|known| name == *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_no_records_but_says_what_it_has_instead() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("below")).expect("it can be made");
        fs::create_dir(folder.path().join("none")).expect("it can be made");
        for (name, text) in [("a.json", "{}"), ("below/b.json", "["), ("suite.json", "{}"), ("c.txt", "no")] {
            fs::write(folder.path().join(name), text).expect("it can be written");
        }
        let found = read_folder(folder.path(), |run| run).expect("it can be listed");
        assert!(found.runs.is_empty());
        assert_eq!(found.others.len(), 2, "{:?}", found.others);
        // Of a side nothing may be missing.
        assert!(matches!(read_all(&[folder.path().to_owned()]), Err(CliError::NotRecords { .. })));
        assert!(matches!(read_all(&[folder.path().join("none")]), Err(CliError::NoRecords { .. })));
        assert!(matches!(read_all(&[folder.path().join("c.txt")]), Err(CliError::Report(_))));
    }
}
