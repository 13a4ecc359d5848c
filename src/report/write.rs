//! Writing a file whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::ReportError;

/// Writes `text` to `path`: into a new file beside it, which then takes its place. Whoever reads
/// `path` meantime sees the old file or the new one, and a full disk leaves the old one alone.
pub fn write(path: &Path, text: &str) -> Result<(), ReportError> {
    let (target, folder) = place(path)?;
    let written = match is_special(&target) {
        _ if is_standard_output(path) => print(text),
        true => write_into(&target, text),
        false => replace(&folder, &target, text),
    };
    written.map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

/// Finds out whether [`write()`] could work, and leaves nothing behind.
///
/// # Errors
/// What it would fail with for sure.
pub fn check(path: &Path) -> Result<(), ReportError> {
    let (target, folder) = place(path)?;
    let tried = match is_special(&target) {
        _ if is_standard_output(path) => Ok(()),
        true if target.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        // To open a pipe may be to wait for its reader.
        true => Ok(()),
        false => new_file(&folder).map(drop),
    };
    tried.map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

/// The file that `path` leads to, and its folder.
fn place(path: &Path) -> Result<(PathBuf, PathBuf), ReportError> {
    // A link keeps pointing where it points.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    match folder.metadata() {
        Ok(found) if found.is_dir() => Ok((target, folder)),
        Ok(_) => Err(ReportError::Write { path: path.to_owned(), source: io::ErrorKind::NotADirectory.into() }),
        Err(_) => Err(ReportError::NoFolder { path: path.to_owned(), folder }),
    }
}

/// Whether a path is another name of the process's standard output.
pub fn is_standard_output(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Writes to standard output as it was handed over. To open it anew would begin at the start of its file, over what
/// stands there.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Whether it must not be replaced by a file: a device, a pipe, or a link that leads to nothing with a name, such as
/// `/dev/stdout` when standard output is closed or its file was removed.
fn is_special(target: &Path) -> bool {
    fs::metadata(target).is_ok_and(|metadata| !metadata.is_file()) || target.is_symlink()
}

fn write_into(target: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).open(target)?;
    file.write_all(text.as_bytes())?;
    file.flush()
}

/// A new file beside the one that it may replace.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".throng-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As for any other new file; the process's mask takes away what it must.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn replace(folder: &Path, target: &Path, text: &str) -> io::Result<()> {
    let mut file = new_file(folder)?;
    file.write_all(text.as_bytes())?;
    // Some file systems tell of a full disk only here.
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("record.json");
        write(&path, "old").expect("it can be written");
        write(&path, "new").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "new");
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_known_beforehand_and_nothing_is_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(check(folder.path()).expect_err("a folder").to_string().contains("directory"));
        assert!(matches!(check(&folder.path().join("no/record.json")), Err(ReportError::NoFolder { .. })));
        check(&folder.path().join("record.json")).expect("it can be written");
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_not_to_be_made_a_folder() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("it can be written");
        let error = check(&file.join("record.json")).expect_err("no folder").to_string();
        assert!(error.contains("not a directory") && !error.contains("mkdir"), "{error}");
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = write(&folder.path().join("no/such/record.json"), "x").expect_err("no folder");
        assert!(matches!(&error, ReportError::NoFolder { folder, .. } if folder.ends_with("no/such")), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_names_the_file() {
        let error = write(Path::new("/dev/full"), "x").expect_err("it is always full").to_string();
        assert!(error.starts_with("cannot write `/dev/full`: No space left"), "{error}");
        assert!(!fs::metadata("/dev/full").expect("still there").is_file());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_goes_on_pointing_to_its_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").expect("it can be written");
        std::os::unix::fs::symlink(&file, &link).expect("it can be linked");
        write(&link, "new").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "new");
        assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_that_leads_nowhere_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).expect("it can be linked");
        write(&link, "new").expect("it can be written");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "new");
        // As `/dev/stdout` is where standard output is closed.
        let closed = folder.path().join("closed");
        std::os::unix::fs::symlink("/proc/self/fd/999999", &closed).expect("it can be linked");
        write(&closed, "new").expect_err("nothing is open there");
        // And where its file was removed.
        let removed = tempfile::tempfile().expect("a temporary file");
        let open = folder.path().join("open");
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&removed);
        std::os::unix::fs::symlink(format!("/proc/self/fd/{descriptor}"), &open).expect("it can be linked");
        write(&open, "new").expect("it is open");
        for link in [link, closed, open] {
            assert!(link.is_symlink(), "{}", link.display());
        }
    }
}
