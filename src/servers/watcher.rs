//! A shell that outlives throng for a moment, to end a server whose owner was killed.
//!
//! It waits on a pipe that only throng holds open. The kernel closes it however throng ends,
//! `kill -9` and `exit` included, so no server is left behind and statics need no destructor.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::ServerError;
use super::instance::PID_FILE;

/// Its arguments: the folder, the file with the process id, the file that is there while the server runs. That
/// file tells the end, not the process id, because where nobody reaps processes a dead one keeps its id.
///
/// Ends the server as gently as it allows, for at most 5 s, and removes its folder. In an orderly end
/// the folder, or at least the file with the process id, is gone before the pipe closes.
const SCRIPT: &str = r#"
while read -r _; do :; done
read -r pid _ 2>/dev/null <"$1/$2" || exit 0
kill -CONT "$pid" 2>/dev/null
kill -INT "$pid" 2>/dev/null
n=0
while [ -e "$1/$3" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
kill -KILL "$pid" 2>/dev/null
rm -rf "$1"
"#;

/// Where the shell finds its tools: throng's own path, and then where they usually are.
fn path() -> OsString {
    const USUAL: &str = "/usr/bin:/bin";
    match std::env::var_os("PATH").filter(|path| !path.is_empty()) {
        Some(mut path) => {
            path.push(":");
            path.push(USUAL);
            path
        }
        None => USUAL.into(),
    }
}

/// The waiting shell.
#[derive(Debug)]
pub(super) struct Watcher(Child);

impl Watcher {
    /// Watches over the server in `folder`, which has the file `running` while it runs.
    pub(super) fn start(folder: &Path, running: &str) -> Result<Self, ServerError> {
        Command::new("/bin/sh")
            .args(["-c", SCRIPT, "throng-watcher"])
            .arg(folder)
            .args([PID_FILE, running])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // It must find its tools where throng was started without a path, or it would end the server at once.
            .env("PATH", path())
            // A Ctrl-C on the terminal is for throng alone.
            .process_group(0)
            .spawn()
            .map(Self)
            .map_err(ServerError::io("start `/bin/sh` to watch over a server"))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Closing the pipe lets it look for the server, find none, and go.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
