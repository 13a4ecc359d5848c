//! One server process in its folder: launched, awaited, signalled, ended.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::account::Account;
use super::folder::Folder;
use super::process::{Identity, wait_until};
use super::watcher::Watcher;
use super::{Kept, ServerError};

/// The file that holds the server's process id and start time.
pub(super) const PID_FILE: &str = "server.pid";

/// The file that holds what the server says.
const LOG_FILE: &str = "server.log";

/// A server with recovery to do may take a while; a start takes a tenth of a second otherwise.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// How long each step of ending a server may take before the next, harsher one.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How many ports are tried. Losing one to another process takes bad luck; five times means something else is wrong.
const PORT_ATTEMPTS: usize = 5;

/// What a server's log says when its predecessor has not quite gone.
const TRANSIENT: [&str; 4] =
    ["Address already in use", "address already in use", "pre-existing shared memory block", "is still in use"];

/// How to start one server.
pub(super) struct Recipe {
    pub(super) server: &'static str,
    pub(super) program: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) account: Option<Account>,
    /// The loopback port that it listens on.
    pub(super) port: u16,
    /// A file in the folder that the server makes when it starts and removes when it ends.
    pub(super) running: &'static str,
    /// Whether the server with this process id in this folder takes connections.
    pub(super) ready: fn(&Path, u32) -> bool,
}

/// A server process and its folder; dropped, both are gone.
pub struct Instance {
    recipe: Recipe,
    folder: Folder,
    child: Option<Child>,
    identity: Option<Identity>,
    watcher: Option<Watcher>,
    kept: bool,
}

impl Instance {
    /// A server that is not running yet.
    pub(super) fn new(recipe: Recipe, folder: Folder) -> Self {
        Self { recipe, folder, child: None, identity: None, watcher: None, kept: false }
    }

    /// The folder with all its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The loopback port it listens on.
    pub fn port(&self) -> u16 {
        self.recipe.port
    }

    /// Its main process while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts the process and waits until it takes connections.
    pub(super) fn launch(&mut self) -> Result<(), ServerError> {
        let log = self.folder.file(LOG_FILE);
        let log_start = fs::metadata(&log).map_or(0, |meta| meta.len() as usize);
        let pid = self.child.insert(self.spawn(&log)?).id();
        // From here on it is the instance's to end, whatever goes wrong.
        self.identity = Identity::of(pid);
        self.watch_over().inspect_err(|_| self.kill())?;
        let mut ended = false;
        let ready = wait_until(READY_LIMIT, || {
            ended = !self.is_running();
            ended || (self.recipe.ready)(self.folder.path(), pid)
        });
        if ended {
            self.child = None;
        }
        let server = self.recipe.server;
        match (ended, ready) {
            (true, _) => Err(ServerError::Start { server, log: tail(&log, log_start) }),
            (false, true) => Ok(()),
            (false, false) => {
                Err(ServerError::NotReady { server, seconds: READY_LIMIT.as_secs(), log: tail(&log, log_start) })
            }
        }
    }

    /// Notes down which process it is, for whoever is to end it when throng can't, and sees to it that there is somebody.
    fn watch_over(&mut self) -> Result<(), ServerError> {
        if let Some(identity) = self.identity {
            let file = self.folder.file(PID_FILE);
            fs::write(&file, identity.to_line()).map_err(ServerError::io(format!("write `{}`", file.display())))?;
        }
        if self.watcher.is_none() {
            self.watcher = Some(Watcher::start(self.folder.path(), self.recipe.running)?);
        }
        Ok(())
    }

    /// Whether its process runs; if not, it has been reaped.
    fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Starts it again on the same port and files, after shutting it down if it runs.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn restart(&mut self) -> Result<(), ServerError> {
        self.stop();
        let start = Instant::now();
        loop {
            match self.launch() {
                Err(error) if is_transient(&error) && start.elapsed() < STOP_LIMIT => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                result => return result,
            }
        }
    }

    /// Shuts it down in an orderly way: connections are cut, files are kept.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(identity) = self.identity {
            // A stopped process acts on nothing else.
            identity.signal_family(Signal::SIGCONT);
            for signal in [Signal::SIGINT, Signal::SIGQUIT] {
                identity.signal(signal);
                if wait_until(STOP_LIMIT, || !matches!(child.try_wait(), Ok(None))) {
                    return self.forget_process();
                }
            }
            identity.signal_family(Signal::SIGKILL);
        }
        let _ = child.kill();
        let _ = child.wait();
        self.forget_process();
    }

    /// Kills it as a crash would; its files stay.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(identity) = self.identity {
            identity.signal_family(Signal::SIGKILL);
        }
        let _ = child.kill();
        let _ = child.wait();
        self.forget_process();
    }

    /// Holds all its processes still: connections stay open and nothing answers.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(identity) = self.identity {
            identity.signal_family(signal);
        }
    }

    /// Leaves process and folder behind and says how to remove them.
    pub(super) fn keep(mut self, connect: Vec<String>) -> Kept {
        self.kept = true;
        // In this order: without the file the watcher does nothing when its pipe closes.
        let _ = fs::remove_file(self.folder.file(PID_FILE));
        self.watcher = None;
        self.folder.keep();
        Kept::new(&self.recipe, connect, self.pid(), self.folder.path())
    }

    fn spawn(&self, log: &Path) -> Result<Child, ServerError> {
        let failed = |action: &str, path: &Path| ServerError::io(format!("{action} `{}`", path.display()));
        let out = OpenOptions::new().create(true).append(true).open(log).map_err(failed("write", log))?;
        let err = out.try_clone().map_err(failed("write", log))?;
        let mut command = Command::new(&self.recipe.program);
        command
            .args(&self.recipe.args)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            // A Ctrl-C on the terminal is for throng, which then ends its servers in order.
            .process_group(0);
        if let Some(account) = self.recipe.account {
            account.apply(&mut command);
        }
        command.spawn().map_err(failed("start", &self.recipe.program))
    }

    fn forget_process(&mut self) {
        self.identity = None;
        // The id may be taken by another process from now on, which the watcher must not meet.
        let _ = fs::remove_file(self.folder.file(PID_FILE));
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if !self.kept {
            self.stop();
            self.folder.remove();
        }
    }
}

/// Starts a server on a free loopback port, and on another when somebody was faster to take it.
pub(super) fn on_free_port<T>(mut start: impl FnMut(u16) -> Result<T, ServerError>) -> Result<T, ServerError> {
    for _ in 1..PORT_ATTEMPTS {
        match start(free_port()?) {
            Err(error) if is_transient(&error) => {}
            result => return result,
        }
    }
    start(free_port()?)
}

fn free_port() -> Result<u16, ServerError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(ServerError::io("find a free loopback port"))
}

/// Whether a start failed only because a port or a memory block was not free yet.
fn is_transient(error: &ServerError) -> bool {
    matches!(error, ServerError::Start { log, .. } if TRANSIENT.iter().any(|text| log.contains(text)))
}

/// The last lines of a log, from `start` on.
fn tail(log: &Path, start: usize) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(bytes.get(start..).unwrap_or_default());
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

    use super::*;

    /// Whether a process runs that was started with this argument.
    fn runs(argument: &str) -> bool {
        let mut system = System::new().expect("processes are listed on every Unix");
        let what = ProcessRefreshKind::nothing().with_cmd(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        system.processes().values().any(|process| process.cmd().iter().any(|word| word == argument))
    }

    #[test]
    fn a_server_that_nobody_can_watch_over_is_ended_at_once() {
        let cases = [("no shell with such an argument", "run\0ning"), ("no file in place of a folder", "running")];
        for (at, (why, running)) in cases.into_iter().enumerate() {
            // So long does it sleep, and so is it told from all others.
            let seconds = format!("60.{}00{at}", std::process::id());
            let args = vec![seconds.clone().into()];
            let (server, program, ready) = ("sleep", "sleep".into(), (|_, _| true) as fn(&Path, u32) -> bool);
            let recipe = Recipe { server, program, args, account: None, port: 0, running, ready };
            let mut instance = Instance::new(recipe, Folder::create(None).unwrap());
            if running == "running" {
                fs::create_dir(instance.folder.file(PID_FILE)).unwrap();
            }
            assert!(instance.launch().is_err(), "{why}");
            assert!(!runs(&seconds) && instance.pid().is_none(), "{why}");
        }
    }
}
