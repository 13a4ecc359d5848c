//! Where an experiment keeps its records and its report.

use std::fs;
use std::path::{Path, PathBuf};

use crate::analysis::PlayedRun;
use crate::cli::error::CliError;
use crate::record::Record;
use crate::report::{self, comparison::Comparison};

/// The reports on the comparison that stand beside the records, by format.
const REPORTS: [(&str, &str); 3] =
    [("json", "comparison.json"), ("markdown", "comparison.md"), ("html", "comparison.html")];

/// The folder of one experiment.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens the folder that was named, or that of the scenario below `.throng/KIND`, and makes it if need be. Records of an earlier
    /// experiment, called `SIDE-NUMBER.json` for these sides, and its reports are removed.
    ///
    /// # Errors
    /// When it cannot be made or written, or a record of `needed` is among those.
    pub fn open(
        named: Option<&Path>,
        kind: &str,
        scenario: &str,
        sides: &[&str],
        needed: &[PlayedRun],
    ) -> Result<Self, CliError> {
        let path = named.map_or_else(|| Path::new(".throng").join(kind).join(scenario), Path::to_owned);
        fs::create_dir_all(&path).map_err(|source| CliError::Write { path: path.clone(), source })?;
        let unlisted = |source| CliError::Folder { path: path.clone(), source };
        let mut old = Vec::new();
        for entry in fs::read_dir(&path).map_err(unlisted)? {
            let entry = entry.map_err(unlisted)?;
            if is_kept(&entry.file_name().to_string_lossy(), sides) {
                old.push(entry.path());
            }
        }
        let needed: Vec<PathBuf> = needed.iter().filter_map(|run| fs::canonicalize(&run.path).ok()).collect();
        let is_needed = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| needed.contains(&path));
        if let Some(path) = old.iter().find(|path| is_needed(path)) {
            return Err(CliError::OwnBaseline { path: path.clone() });
        }
        for path in old {
            fs::remove_file(&path).map_err(|source| CliError::Write { path, source })?;
        }
        Ok(Self { path })
    }

    /// Keeps the record of a run, and says where.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, turn: &str, record: &Record) -> Result<String, CliError> {
        let path = self.path.join(format!("{turn}.json"));
        let text = (report::format("json")?.render)(record)?;
        report::write(&path, &text)?;
        Ok(path.display().to_string())
    }

    /// Keeps the report on the comparison.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn report(&self, comparison: &Comparison) -> Result<(), CliError> {
        for (format, name) in REPORTS {
            let text = (report::find(report::comparison::FORMATS, format)?.render)(comparison)?;
            report::write(&self.path.join(name), &text)?;
        }
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Whether a file is one that an experiment with these sides keeps.
fn is_kept(name: &str, sides: &[&str]) -> bool {
    let of = |side: &&str| {
        let number = name.strip_suffix(".json").and_then(|turn| turn.strip_prefix(*side)?.strip_prefix('-'));
        number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
    };
    sides.iter().any(of) || REPORTS.iter().any(|(_, report)| name == *report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish};

    #[test]
    fn only_what_an_earlier_experiment_kept_is_removed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["a-1.json", "b-12.json", "comparison.md", "a-x.json", "base.json", "a-1.txt", "run-1.json"] {
            fs::write(folder.path().join(name), "").expect("it can be written");
        }
        Folder::open(Some(folder.path()), "ab", "office", &["a", "b"], &[]).expect("it can be opened");
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).expect("it is there").flatten().map(|e| e.file_name()).collect();
        left.sort();
        assert_eq!(left, ["a-1.txt", "a-x.json", "base.json", "run-1.json"]);
    }

    #[test]
    fn nothing_is_removed_where_a_record_is_needed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["run-1.json", "run-2.json"] {
            fs::write(folder.path().join(name), "").expect("it can be written");
        }
        // Another way to the same file.
        let path = folder.path().join(".").join("run-2.json").display().to_string();
        let needed = [PlayedRun { path, record: Collector::default().finish(Finish::default()) }];
        let refused = Folder::open(Some(folder.path()), "runs", "office", &["run"], &needed).err();
        assert!(matches!(refused, Some(CliError::OwnBaseline { .. })));
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 2);
    }
}
