//! Signals to a server's processes, and the proof that a recorded process is still that server.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System};

/// How far two readings of a start time may lie apart: the kernel gives it relative to boot,
/// and the time of boot itself is computed and moves with the clock.
const START_TOLERANCE_S: u64 = 2;

/// A process that cannot be mistaken for a later one with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pid: i32,
    started_s: u64,
}

impl Identity {
    /// That of a running process.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let table = ProcessTable::read();
        let started_s = table.0.process(sysinfo::Pid::from_u32(pid))?.start_time();
        Some(Self { pid: pid as i32, started_s })
    }

    /// Its text in a file: id first, so that a shell can read it.
    pub(super) fn to_line(self) -> String {
        format!("{} {}\n", self.pid, self.started_s)
    }

    /// Reads what [`Self::to_line`] wrote.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let text = fs::read_to_string(file).ok()?;
        let (pid, started_s) = text.trim().split_once(' ')?;
        Some(Self { pid: pid.parse().ok().filter(|&pid| pid > 1)?, started_s: started_s.parse().ok()? })
    }

    /// Whether that very process still runs.
    pub(super) fn is_alive(self) -> bool {
        ProcessTable::read().is_alive(self)
    }

    /// The process and all it started, or nothing if it is no longer the one meant.
    pub(super) fn family(self) -> Vec<i32> {
        let table = ProcessTable::read();
        if !table.is_alive(self) {
            return Vec::new();
        }
        let mut family = vec![self.pid];
        let mut next = 0;
        while let Some(&parent) = family.get(next) {
            family.extend(table.children(parent));
            next += 1;
        }
        family
    }

    /// Sends a signal to the process alone.
    pub(super) fn signal(self, signal: Signal) {
        send(self.pid, signal);
    }

    /// Sends a signal to the process and all it started: PostgreSQL's backends each lead a group of their own.
    pub(super) fn signal_family(self, signal: Signal) {
        self.family().into_iter().for_each(|pid| send(pid, signal));
    }
}

/// A process may have ended on its own by the time it is signalled, which is as well.
fn send(pid: i32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid), signal);
}

/// Asks until the answer is yes or the limit is passed; says whether it was yes.
pub(super) fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

struct ProcessTable(System);

impl ProcessTable {
    fn read() -> Self {
        let mut system = System::new().unwrap_or_else(|_| unreachable!("processes are listed on every Unix"));
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, ProcessRefreshKind::nothing());
        Self(system)
    }

    fn is_alive(&self, identity: Identity) -> bool {
        self.0.process(sysinfo::Pid::from_u32(identity.pid as u32)).is_some_and(|process| {
            process.status() != ProcessStatus::Zombie
                && process.start_time().abs_diff(identity.started_s) <= START_TOLERANCE_S
        })
    }

    fn children(&self, parent: i32) -> impl Iterator<Item = i32> {
        let parent = sysinfo::Pid::from_u32(parent as u32);
        self.0
            .processes()
            .values()
            .filter(move |process| process.parent() == Some(parent) && process.thread_kind().is_none())
            .map(|process| process.pid().as_u32() as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_survives_its_file_and_outlives_no_process() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let identity = Identity::of(child.id()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), identity.to_line()).unwrap();
        assert_eq!(Identity::read(file.path()), Some(identity));
        assert!(identity.is_alive());
        assert_eq!(identity.family(), [child.id() as i32]);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!identity.is_alive());
    }

    #[test]
    fn a_process_that_started_at_another_time_is_another() {
        let me = Identity::of(std::process::id()).unwrap();
        let earlier = Identity { started_s: me.started_s - 100, ..me };
        assert!(!earlier.is_alive());
        assert!(earlier.family().is_empty());
    }
}
