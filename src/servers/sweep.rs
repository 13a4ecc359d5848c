//! Removes what runs that were killed left behind, watcher and all.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::folder::{self, Folder};
use super::instance::PID_FILE;
use super::process::{Identity, wait_until};

/// How long a server may take to end before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Ends the servers and removes the folders of owners that are dead; every start of a server does so first.
pub fn sweep() {
    folder::bases().iter().for_each(|base| sweep_in(base));
}

fn sweep_in(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(folder::PREFIX))
        .filter_map(|entry| Folder::abandoned(&entry.path()))
        .for_each(|folder| {
            if let Some(server) = Identity::read(&folder.file(PID_FILE)) {
                end(server);
            }
            folder.remove();
        });
}

fn end(server: Identity) {
    server.signal_family(Signal::SIGCONT);
    if server.is_alive() {
        server.signal(Signal::SIGINT);
    }
    if !wait_until(STOP_LIMIT, || !server.is_alive()) {
        server.signal_family(Signal::SIGKILL);
    }
}
