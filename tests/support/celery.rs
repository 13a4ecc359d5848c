//! A real Celery worker, for tests.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::python::Environment;

/// What tests are written against.
const PACKAGES: [&str; 1] = ["celery[redis]==5.7.0"];

/// The variable that names the broker to the application.
const BROKER: &str = "CELERY_BROKER_URL";

/// A worker that serves the application in examples/celery, in one process, until it is dropped.
pub struct Worker {
    process: Child,
    log: File,
}

/// A program of Celery's environment, in the folder of the application.
pub fn program(name: &str, broker: &str) -> Command {
    let mut command = Environment::with("celery", &PACKAGES).program(name);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/celery")).env(BROKER, broker);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

impl Worker {
    /// Starts a worker, and waits until it takes tasks.
    pub fn start(broker: &str) -> Self {
        let log = tempfile::tempfile().expect("a temporary file can be made");
        let process = program("celery", broker)
            .args(["--app=tasks", "worker", "--concurrency=1", "--loglevel=INFO"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log.try_clone().expect("a file can be shared"))
            .spawn()
            .expect("the worker starts");
        let mut worker = Self { process, log };
        let begun = Instant::now();
        while !worker.said().contains(" ready.") {
            let ended = worker.process.try_wait().expect("its state can be asked for");
            assert!(ended.is_none() && begun.elapsed() < Duration::from_secs(60), "{}", worker.said());
            std::thread::sleep(Duration::from_millis(50));
        }
        worker
    }

    /// All that it has said.
    pub fn said(&mut self) -> String {
        let mut bytes = Vec::new();
        self.log.rewind().and_then(|()| self.log.read_to_end(&mut bytes)).expect("a file can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Worker {
    /// A cold shutdown: whatever it runs is not waited for.
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.process.id() as i32), Signal::SIGQUIT);
        let _ = self.process.wait();
    }
}
