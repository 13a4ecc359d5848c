//! The program itself, at play on a scenario of a test's own.

use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// The program at play.
pub struct Playing {
    folder: tempfile::TempDir,
    pub process: Child,
    lines: Lines<BufReader<ChildStderr>>,
    told: Vec<String>,
}

/// How it ended.
pub struct Ended {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    record: Option<Value>,
}

impl Playing {
    /// Starts `throng run` on a scenario's text; what it keeps in temporary folders stays in one of its own.
    pub fn start(scenario: &str, arguments: &[&str]) -> Self {
        Self::start_with(scenario, arguments, &[])
    }

    /// The same with further variables in the environment.
    pub fn start_with(scenario: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("bad-luck").tempdir().unwrap();
        let file = folder.path().join("scenario.lua");
        std::fs::write(&file, scenario).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_throng"))
            .arg("run")
            .arg(&file)
            .arg("--out")
            .arg(format!("json={}", folder.path().join("record.json").display()))
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .envs(variables.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        Self { folder, process, lines, told: Vec::new() }
    }

    /// Waits for the next line of progress, which comes once a second while users play.
    pub fn next_line(&mut self) -> String {
        let line = self.lines.next().expect("the program goes on").unwrap();
        self.told.push(line.clone());
        line
    }

    /// Waits for the first line of progress.
    pub fn until_it_plays(&mut self) {
        while !self.next_line().contains(" user") {}
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.process.id() as i32), signal).unwrap();
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let mut stdout = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.told.extend(self.lines.map_while(Result::ok));
        let status = self.process.wait().unwrap().code();
        let record = std::fs::read(self.folder.path().join("record.json")).ok();
        let record = record.map(|bytes| serde_json::from_slice(&bytes).unwrap());
        Ended { status, stdout, stderr: self.told.join("\n"), record }
    }
}

impl Ended {
    /// The record, which must have been written.
    pub fn record(&self) -> &Value {
        self.record.as_ref().unwrap_or_else(|| panic!("no record was written:\n{}", self.stderr))
    }

    /// How many errors of a class the record has.
    pub fn errors(&self, class: &str) -> u64 {
        let errors = self.record()["errors"].as_array().unwrap();
        errors.iter().filter(|error| error["class"] == class).map(|error| error["count"].as_u64().unwrap()).sum()
    }

    /// Asserts the exit status, showing what the program said if it is another.
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "\n{}\n{}", self.stdout, self.stderr);
        self
    }
}
