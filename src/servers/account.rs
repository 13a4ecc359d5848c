//! The unprivileged account that servers run under when throng is run by root.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Uid, User, geteuid};

use super::ServerError;

/// The ids of an account to drop to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// Whom to drop to: `postgres` or else `nobody`; `None` when throng is not run by root.
    pub(super) fn unprivileged() -> Option<Self> {
        if !geteuid().is_root() {
            return None;
        }
        let known = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
        // 65534 is the overflow id, which every Linux and macOS keeps for nobody.
        Some(
            known.map_or(Self { uid: 65534, gid: 65534 }, |user| Self {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            }),
        )
    }

    /// Makes `command` run under the account; its supplementary groups are dropped too.
    pub(super) fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a file or folder to the account.
    pub(super) fn own(self, path: &Path) -> Result<(), ServerError> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .map_err(ServerError::io(format!("give `{}` to an unprivileged account", path.display())))
    }

    /// Whether `uid` is this account's.
    pub(super) fn is(self, uid: Uid) -> bool {
        self.uid == uid.as_raw()
    }
}
