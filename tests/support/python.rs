//! Python programs that tests use: virtual environments, made once and kept with what was built.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::fcntl::{Flock, FlockArg};

/// A virtual environment.
pub struct Environment(PathBuf);

impl Environment {
    /// The environment with these packages, which is made if it is not there yet. What is wanted says the versions too, so
    /// that a test sees the same ones wherever it runs.
    pub fn with(name: &str, packages: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{name}"));
        fs::create_dir_all(&folder).expect("the target folder can be filled");
        let lock = File::create(folder.join("lock")).expect("the target folder can be filled");
        let _alone = Flock::lock(lock, FlockArg::LockExclusive).expect("a file can be locked");
        let (made, wanted) = (folder.join("packages"), packages.join("\n"));
        let environment = Self(folder.join("environment"));
        if fs::read_to_string(&made).ok().as_deref() != Some(&wanted) {
            let mut make = Command::new("python3");
            run(make.args(["-m", "venv", "--clear"]).arg(&environment.0));
            run(environment.program("pip").args(["install", "--quiet", "--disable-pip-version-check"]).args(packages));
            fs::write(&made, wanted).expect("the target folder can be filled");
        }
        environment
    }

    /// The folder of its programs.
    pub fn programs(&self) -> PathBuf {
        self.0.join("bin")
    }

    /// A program of the environment.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.programs().join(name))
    }
}

/// Runs a program that must succeed.
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}: `make test-deps` installs it"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}
