//! The release binary at play on one of the bench's scenarios, or a bundled one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use throng::record::Record;

use super::process::Running;
use super::{Bench, BenchError, Effort, Finished, Program};

/// What a run may take beyond the load itself: its start, its end, its report.
const ALLOWANCE: Duration = Duration::from_secs(60);

/// The status of a run in which a threshold failed.
const THRESHOLD_FAILED: i32 = 3;

/// A run to be.
pub struct Play<'a> {
    bench: &'a Bench,
    scenario: String,
    command: Command,
    record: PathBuf,
    length: Duration,
    watch_memory: bool,
    quiet: bool,
    watched: bool,
    thresholds_may_fail: bool,
}

/// A run that is going on.
pub struct Playing<'a> {
    bench: &'a Bench,
    scenario: String,
    running: Running,
    record: PathBuf,
    thresholds_may_fail: bool,
}

/// A run that came to its end.
pub struct Played {
    /// What it measured.
    pub record: Record,
    /// How the process fared.
    pub process: Finished,
}

impl<'a> Play<'a> {
    /// A run of a scenario in `benches/scenarios`.
    pub fn new(bench: &'a Bench, scenario: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scenarios").join(scenario).with_extension("lua");
        Self::of(bench, scenario, file.as_os_str())
    }

    /// A run of a scenario that throng carries.
    pub fn bundled(bench: &'a Bench, scenario: &str) -> Self {
        Self::of(bench, scenario, scenario.as_ref())
    }

    fn of(bench: &'a Bench, scenario: &str, argument: &std::ffi::OsStr) -> Self {
        let record = bench.folder().join(format!("{scenario}.json"));
        let mut command = throng();
        command.arg("run").arg(argument).arg("--out").arg(format!("json={}", record.display()));
        command.current_dir(bench.folder());
        Self {
            bench,
            scenario: scenario.to_owned(),
            command,
            record,
            length: Duration::ZERO,
            watch_memory: false,
            quiet: true,
            watched: false,
            thresholds_may_fail: false,
        }
    }

    /// Has the targets watched, as they are unless told otherwise. Elsewhere they are not: no peer watches them either.
    pub fn watched(mut self) -> Self {
        self.watched = true;
        self
    }

    /// Any setting.
    pub fn set(mut self, flag: &str, value: impl ToString) -> Self {
        self.command.arg(format!("--{flag}")).arg(value.to_string());
        self
    }

    /// A closed load of so many users, each with a connection of its own.
    pub fn users(self, users: u32, workers: u32, seconds: u32) -> Self {
        let play = self.set("users", users).set("workers", workers).set("connections", users);
        play.set("duration", format!("{seconds}s")).lasting(seconds)
    }

    /// Says how long the load takes, if it is not said by [`Play::users`].
    pub fn lasting(mut self, seconds: u32) -> Self {
        self.length = Duration::from_secs(seconds.into());
        self
    }

    /// Looks at the resident memory of the process.
    pub fn watch_memory(mut self) -> Self {
        self.watch_memory = true;
        self
    }

    /// Takes a run in which a threshold failed for one that came to its end.
    pub fn thresholds_may_fail(mut self) -> Self {
        self.thresholds_may_fail = true;
        self
    }

    /// Plays it.
    pub fn run(self) -> Result<Played, BenchError> {
        self.start()?.end()
    }

    /// Starts it, and comes back when the first interval of its load is over.
    pub fn run_until_it_plays(mut self) -> Result<Playing<'a>, BenchError> {
        self.quiet = false;
        let mut playing = self.start()?;
        playing.running.wait_for_line(|line| line.contains(" user"))?;
        Ok(playing)
    }

    fn start(mut self) -> Result<Playing<'a>, BenchError> {
        if self.quiet {
            self.command.arg("--quiet");
        }
        if !self.watched {
            self.command.arg("--no-monitor").arg("all");
        }
        let mut program = Program::new("throng run", self.command, self.length + ALLOWANCE);
        if self.watch_memory {
            program = program.watch_memory();
        }
        Ok(Playing {
            bench: self.bench,
            scenario: self.scenario,
            running: program.start()?,
            record: self.record,
            thresholds_may_fail: self.thresholds_may_fail,
        })
    }
}

impl Playing<'_> {
    /// Waits for its end, which must be a good one, and reads its record.
    pub fn end(self) -> Result<Played, BenchError> {
        let name = format!("throng run {}", self.scenario);
        let process = self.running.end()?;
        let excused = self.thresholds_may_fail && process.status.code() == Some(THRESHOLD_FAILED);
        if !process.status.success() && !excused {
            return Err(process.failed(&name));
        }
        let text = std::fs::read(&self.record).map_err(BenchError::io("read the record of a run"))?;
        let Ok(record) = serde_json::from_slice::<Record>(&text) else {
            return Err(process.untold(&name, "a record that can be read"));
        };
        self.bench.heed_law(&record);
        Ok(Played { record, process })
    }
}

impl Played {
    /// What the run achieved.
    pub fn effort(&self) -> Effort {
        let totals = &self.record.totals;
        Effort {
            operations: totals.operations_succeeded,
            per_s: totals.throughput_per_s,
            cpu: self.process.cpu,
            wall: self.process.wall,
        }
    }
}

/// The release binary, in an environment that says nothing of targets and settings.
pub fn throng() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("THRONG_") || text == "DATABASE_URL" || text == "REDIS_URL" {
            command.env_remove(&name);
        }
    }
    command
}
