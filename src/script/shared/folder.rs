//! The folder of a run's own files, and the refusal of every other place.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use tempfile::TempDir;

use super::registry::lock;
use crate::script::error::Thrown;

/// The folder that `throng.file` and `throng.exec` work in: a given one, or a temporary one that is made
/// when first needed and removed with the run.
#[derive(Debug, Default)]
pub struct RunFolder {
    given: Option<PathBuf>,
    temporary: Mutex<Option<TempDir>>,
    root: OnceLock<PathBuf>,
}

impl RunFolder {
    /// A given folder, which stays after the run, or a temporary one.
    pub(super) fn new(given: Option<PathBuf>) -> Self {
        Self { given, ..Self::default() }
    }

    /// The folder itself, without symbolic links in its path.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn root(&self) -> Result<&Path, Thrown> {
        if let Some(root) = self.root.get() {
            return Ok(root);
        }
        let made = self.make().map_err(|error| Thrown::misuse(format!("the run's folder can't be made: {error}")))?;
        Ok(self.root.get_or_init(|| made))
    }

    fn make(&self) -> io::Result<PathBuf> {
        if let Some(folder) = &self.given {
            std::fs::create_dir_all(folder)?;
            return folder.canonicalize();
        }
        let mut temporary = lock(&self.temporary);
        if temporary.is_none() {
            *temporary = Some(tempfile::Builder::new().prefix("throng-run-").tempdir()?);
        }
        temporary.as_ref().map_or(Err(io::ErrorKind::NotFound.into()), |folder| folder.path().canonicalize())
    }

    /// Where `path`, relative to the folder, is on disk.
    ///
    /// # Errors
    /// When the path is absolute, climbs with `..`, or leads outside through a symbolic link.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, Thrown> {
        let outside = |why: &str| {
            Thrown::misuse_with(
                format!("the path `{path}` {why}"),
                "files are read and written in the run's own folder only; give it with `--data DIR`",
            )
        };
        let mut inside = PathBuf::new();
        for component in Path::new(path).components() {
            match component {
                Component::Normal(part) => inside.push(part),
                Component::CurDir => {}
                Component::ParentDir => return Err(outside("climbs out with `..`")),
                Component::RootDir | Component::Prefix(_) => return Err(outside("is absolute")),
            }
        }
        let root = self.root()?;
        let whole = root.join(inside);
        // What does not exist yet has no links of its own, but its folder may.
        let existing = whole.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok()).unwrap_or(root);
        match existing.canonicalize() {
            Ok(real) if real.starts_with(root) => Ok(whole),
            _ => Err(outside("leads outside through a symbolic link")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_are_resolved() {
        let folder = RunFolder::default();
        let root = folder.root().unwrap().to_owned();
        assert_eq!(folder.resolve("a/./b.txt").unwrap(), root.join("a/b.txt"));
        for refused in ["/etc/passwd", "../x", "a/../../x", "a/.."] {
            assert!(folder.resolve(refused).is_err(), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_outside_are_refused() {
        let folder = RunFolder::default();
        let root = folder.root().unwrap().to_owned();
        std::os::unix::fs::symlink("/etc", root.join("out")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("dangling")).unwrap();
        std::fs::create_dir(root.join("in")).unwrap();
        std::os::unix::fs::symlink(root.join("in"), root.join("link")).unwrap();
        assert!(folder.resolve("out/passwd").is_err());
        assert!(folder.resolve("dangling").is_err());
        assert!(folder.resolve("link/file").is_ok());
    }

    #[test]
    fn a_temporary_folder_goes_with_the_run_and_a_given_one_stays() {
        let temporary = RunFolder::default();
        let gone = temporary.root().unwrap().to_owned();
        drop(temporary);
        assert!(!gone.exists());
        let around = tempfile::tempdir().unwrap();
        let given = RunFolder::new(Some(around.path().join("data")));
        let kept = given.root().unwrap().to_owned();
        drop(given);
        assert!(kept.exists());
    }
}
