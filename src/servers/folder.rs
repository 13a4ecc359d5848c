//! The private folder of one server, with the lease that shows its owner to be alive.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{Uid, geteuid};

use super::ServerError;
use super::account::Account;

/// What the names of all such folders begin with.
pub(super) const PREFIX: &str = "throng-";

/// Held locked by the owner. The kernel lets go of the lock however the owner ends, so a lease
/// that can be locked is that of a dead owner, and a process id taken again cannot mislead.
const LEASE: &str = "lease";

/// The longest path of a Unix socket on macOS, less the terminator; Linux allows four bytes more.
const SOCKET_PATH_MAX: usize = 103;

/// The longest name of a socket in the folder, with the slash before it.
const SOCKET_NAME_MAX: usize = "/.s.PGSQL.65535.lock".len();

/// A folder that only its server's account may enter.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lease: Option<Flock<File>>,
}

impl Folder {
    /// Makes a new one, owned by `account` if there is one.
    pub(super) fn create(account: Option<Account>) -> Result<Self, ServerError> {
        let base = base(account);
        let path = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(&base)
            .map_err(ServerError::io(format!("make a folder in `{}`", base.display())))?
            .keep();
        let mut folder = Self { path, lease: None };
        folder.lease = Some(folder.take_lease()?);
        if let Some(account) = account {
            account.own(&folder.path)?;
        }
        Ok(folder)
    }

    /// The folder of an owner that died, now held by the caller; `None` if it is not ours to remove.
    pub(super) fn abandoned(path: &Path) -> Option<Self> {
        let meta = fs::symlink_metadata(path).ok()?;
        let owner = Uid::from_raw(meta.uid());
        let ours = owner == geteuid() || Account::unprivileged().is_some_and(|account| account.is(owner));
        if !meta.is_dir() || !ours {
            return None;
        }
        // A kept server has no lease, nor has a folder that is just being made.
        let lease = OpenOptions::new().write(true).open(path.join(LEASE)).ok()?;
        let lease = Flock::lock(lease, FlockArg::LockExclusiveNonblock).ok()?;
        Some(Self { path: path.to_owned(), lease: Some(lease) })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Gives the folder up without removing it: no later run will touch it.
    pub(super) fn keep(&mut self) {
        // A lease that stays behind would let a later run sweep the folder, which is the lesser harm.
        let _ = fs::remove_file(self.file(LEASE));
        self.lease = None;
    }

    /// Removes it with all in it.
    pub(super) fn remove(&self) {
        // A server's last processes may write while their folder goes, so a first try can fail.
        for _ in 0..5 {
            match fs::remove_dir_all(&self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
                _ => return,
            }
        }
    }

    /// Locks the lease before it gets its name, so that nobody ever sees it unlocked while we live.
    fn take_lease(&self) -> Result<Flock<File>, ServerError> {
        let failed = || ServerError::io(format!("write the lease in `{}`", self.path.display()));
        let unnamed = self.file("lease.new");
        let mut file = File::create_new(&unnamed).map_err(failed())?;
        writeln!(file, "held by throng, process {}", std::process::id()).map_err(failed())?;
        let lease = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| failed()(errno.into()))?;
        fs::rename(unnamed, self.file(LEASE)).map_err(failed())?;
        Ok(lease)
    }
}

/// The folders in which server folders may stand: the temporary folder, and `/tmp` where that one will not do.
pub(super) fn bases() -> Vec<PathBuf> {
    let mut bases = vec![canonical(&std::env::temp_dir()), canonical(Path::new("/tmp"))];
    bases.dedup();
    bases
}

fn base(account: Option<Account>) -> PathBuf {
    let fits = |base: &PathBuf| {
        let longest = base.as_os_str().len() + "/".len() + PREFIX.len() + 6 + SOCKET_NAME_MAX;
        longest <= SOCKET_PATH_MAX && (account.is_none() || base.ancestors().all(anyone_may_enter))
    };
    bases().into_iter().find(fits).unwrap_or_else(|| PathBuf::from("/tmp"))
}

fn anyone_may_enter(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0)
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_whose_owner_is_gone_is_abandoned() {
        let mut folder = Folder::create(None).unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(Folder::abandoned(folder.path()).is_none(), "its owner lives");
        let path = folder.path().to_owned();
        // What the kernel does when the owner is killed.
        folder.lease = None;
        let swept = Folder::abandoned(&path).expect("its owner let go");
        assert!(Folder::abandoned(&path).is_none(), "another sweeper holds it");
        swept.remove();
        assert!(!path.exists());
    }

    #[test]
    fn a_kept_folder_is_never_abandoned() {
        let mut folder = Folder::create(None).unwrap();
        folder.keep();
        assert!(Folder::abandoned(folder.path()).is_none());
        folder.remove();
    }
}
