//! A program run to its end, bounded in time: what it wrote, how long it took, what it used.
//!
//! Processor time is that of the whole process, user and system, as the kernel accounts for it when
//! the process is reaped. It is read as a difference of the time of all children, so programs must
//! be run one at a time.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::time::TimeValLike;
use nix::unistd::Pid;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

use super::BenchError;

/// How often the resident memory of a process is looked at.
const MEMORY_PERIOD: Duration = Duration::from_millis(50);

/// How many lines of a failed program's output are shown.
const SHOWN_LINES: usize = 15;

/// A program about to be started.
pub struct Program {
    name: String,
    command: Command,
    limit: Duration,
    watch_memory: bool,
}

/// A program at work; dropped, it is ended.
pub struct Running {
    name: String,
    child: Guard,
    started: Instant,
    used_before: Duration,
    limit: Duration,
    stdout: JoinHandle<String>,
    stderr: Receiver<String>,
    said: Vec<String>,
    memory: Option<(Sender<()>, JoinHandle<Vec<MemorySample>>)>,
}

/// How a program ended.
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// From its start to its end.
    pub wall: Duration,
    /// Its processor time, user and system.
    pub cpu: Duration,
    /// Its resident memory over time, if that was asked for.
    pub memory: Vec<MemorySample>,
}

/// Resident memory at a moment.
#[derive(Debug, Clone, Copy)]
pub struct MemorySample {
    /// Since the start of the program.
    pub at: Duration,
    /// Resident bytes.
    pub bytes: u64,
}

impl Program {
    /// A program that may take so long.
    pub fn new(name: &str, command: Command, limit: Duration) -> Self {
        Self { name: name.to_owned(), command, limit, watch_memory: false }
    }

    /// Looks at its resident memory while it runs.
    pub fn watch_memory(mut self) -> Self {
        self.watch_memory = true;
        self
    }

    /// Starts it.
    pub fn start(mut self) -> Result<Running, BenchError> {
        let used_before = used_by_children();
        let started = Instant::now();
        let child = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(BenchError::io(format!("start `{}`", self.name)))?;
        let mut child = Guard(child);
        let (mut stdout, stderr) = child.outputs();
        let (lines, said) = mpsc::channel();
        thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).try_for_each(|line| lines.send(line))
        });
        let stdout = thread::spawn(move || {
            let mut text = Vec::new();
            // What could be read until then is what there is.
            let _ = stdout.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let memory = self.watch_memory.then(|| watch_memory(child.0.id(), started));
        Ok(Running {
            name: self.name,
            child,
            started,
            used_before,
            limit: self.limit,
            stdout,
            stderr: said,
            said: Vec::new(),
            memory,
        })
    }

    /// Runs it to its end, which must be a good one.
    pub fn run(self) -> Result<Finished, BenchError> {
        let name = self.name.clone();
        let finished = self.start()?.end()?;
        match finished.status.success() {
            true => Ok(finished),
            false => Err(finished.failed(&name)),
        }
    }
}

impl Running {
    /// Waits for a line on standard error that fits.
    pub fn wait_for_line(&mut self, fits: impl Fn(&str) -> bool) -> Result<(), BenchError> {
        loop {
            let left = self.limit.saturating_sub(self.started.elapsed());
            match self.stderr.recv_timeout(left) {
                Ok(line) => {
                    let found = fits(&line);
                    self.said.push(line);
                    if found {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Err(self.overdue()),
                Err(RecvTimeoutError::Disconnected) => {
                    let (program, said) = (self.name.clone(), self.said.join("\n"));
                    return Err(BenchError::Untold { program, what: "that it had begun", said });
                }
            }
        }
    }

    /// Waits for its end, however it ends.
    pub fn end(mut self) -> Result<Finished, BenchError> {
        let pid = Pid::from_raw(self.child.0.id() as i32);
        let left = self.limit.saturating_sub(self.started.elapsed());
        let (ended, overdue) = mpsc::channel::<()>();
        let watchdog = thread::spawn(move || {
            let late = overdue.recv_timeout(left) == Err(RecvTimeoutError::Timeout);
            late && kill(pid, Signal::SIGKILL).is_ok()
        });
        let status = self.child.0.wait();
        let wall = self.started.elapsed();
        drop(ended);
        let late = watchdog.join().unwrap_or(false);
        let status = status.map_err(BenchError::io(format!("wait for `{}`", self.name)))?;
        let cpu = used_by_children().saturating_sub(self.used_before);
        if late {
            return Err(self.overdue());
        }
        self.said.extend(self.stderr.iter());
        let memory = match self.memory {
            Some((stop, samples)) => {
                drop(stop);
                samples.join().unwrap_or_default()
            }
            None => Vec::new(),
        };
        let stdout = self.stdout.join().unwrap_or_default();
        Ok(Finished { status, stdout, stderr: self.said.join("\n"), wall, cpu, memory })
    }

    fn overdue(&self) -> BenchError {
        BenchError::Overdue { program: self.name.clone(), seconds: self.limit.as_secs() }
    }
}

impl Finished {
    /// The most resident memory that was seen, in bytes.
    pub fn memory_peak(&self) -> u64 {
        self.memory.iter().map(|sample| sample.bytes).max().unwrap_or(0)
    }

    /// The error of having ended like this.
    pub fn failed(&self, program: &str) -> BenchError {
        let lines: Vec<&str> = self.stdout.lines().chain(self.stderr.lines()).collect();
        let said = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
        BenchError::Failed { program: program.to_owned(), status: self.status, said }
    }

    /// The error of not having written what was looked for.
    pub fn untold(&self, program: &str, what: &'static str) -> BenchError {
        let said = format!("{}\n{}", self.stdout.trim_end(), self.stderr);
        BenchError::Untold { program: program.to_owned(), what, said }
    }
}

/// A child that does not outlive its owner.
struct Guard(Child);

impl Guard {
    fn outputs(&mut self) -> (impl Read + Send + use<>, impl Read + Send + use<>) {
        let stdout = self.0.stdout.take().expect("it was asked to be piped");
        let stderr = self.0.stderr.take().expect("it was asked to be piped");
        (stdout, stderr)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// User and system time of all children that have been reaped.
fn used_by_children() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return Duration::ZERO };
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}

/// Looks at a process until it is told to stop.
fn watch_memory(pid: u32, started: Instant) -> (Sender<()>, JoinHandle<Vec<MemorySample>>) {
    let (stop, stopped) = mpsc::channel();
    let watching = thread::spawn(move || {
        let mut samples = Vec::new();
        let Ok(mut system) = System::new() else { return samples };
        let pid = sysinfo::Pid::from_u32(pid);
        while stopped.recv_timeout(MEMORY_PERIOD) == Err(RecvTimeoutError::Timeout) {
            let what = ProcessRefreshKind::nothing().with_memory();
            system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, what);
            if let Some(process) = system.process(pid) {
                samples.push(MemorySample { at: started.elapsed(), bytes: process.memory() });
            }
        }
        samples
    });
    (stop, watching)
}
