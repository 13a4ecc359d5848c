//! The commands of one page, run in the order in which they stand, in a folder of their own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::outcome::{self, Outcome};
use super::page::{Block, Page, project, squeezed, table_head};
use super::servers::Servers;
use super::shorten;
use super::unrun::Unrun;
use crate::support::pty::Pty;
use crate::support::python::Environment;

/// The record that every run of a session writes besides.
const RECORD: &str = ".record.json";

/// A scenario that is rehearsed.
const REHEARSED: &str = ".rehearsed.lua";

/// What leads programs elsewhere, or has them say more.
const FOREIGN: [&str; 4] = ["REDIS_URL", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "THRONG_UPDATE_DOCS"];

/// Programs of other makers that pages compare throng with, and the package of PyPI that brings each.
const OTHERS: [(&str, &str); 1] = [("locust", "locust==2.47.0")];

/// What became of the commands of a page.
#[derive(Default)]
pub struct Told {
    /// How many were run.
    pub run: usize,
    /// How many scenarios were rehearsed.
    pub rehearsed: usize,
    /// The entries of those that were not run, one for each command.
    pub left: Vec<&'static Unrun>,
}

impl Told {
    /// Adds what became of those of another page.
    pub fn add(&mut self, other: Self) {
        self.run += other.run;
        self.rehearsed += other.rehearsed;
        self.left.extend(other.left);
    }
}

/// Where the commands of a page are run.
struct Session {
    folder: tempfile::TempDir,
    servers: Servers,
    path: String,
}

/// Runs the commands of a page.
pub fn play(page: &Page) -> Told {
    let blocks = page.blocks();
    let is_run = |command: &String| Unrun::of(&page.name, command).is_none();
    let mut session = None;
    let (mut told, mut all_said) = (Told::default(), String::new());
    for block in &blocks {
        let place = format!("{}:{}", page.name, block.line);
        let (run, left): (Vec<String>, Vec<String>) = block.commands().into_iter().partition(is_run);
        told.left.extend(left.iter().filter_map(|command| Unrun::of(&page.name, command)));
        if run.is_empty() && block.file.is_none() && !block.is_scenario() {
            continue;
        }
        let session = session.get_or_insert_with(|| Session::start(page));
        session.keep(block);
        block.before.iter().for_each(|command| drop(session.run(&place, command)));
        let said: String = run.iter().map(|command| session.run(&place, command)).collect();
        for text in &block.says {
            assert!(
                squeezed(&page.visible()).contains(text),
                "{place}: the page shows nowhere that commands say `{text}`"
            );
            assert!(squeezed(&said).contains(text), "{place}: nothing says `{text}`:\n{said}");
        }
        all_said += &said;
        told.run += run.len();
        if block.is_scenario() {
            session.rehearse(&place, block);
            told.rehearsed += 1;
        }
    }
    if told.run > 0 {
        let all_said: Vec<String> = all_said.lines().map(table_head).collect();
        for (line, heads) in blocks.iter().map(|block| (block.line, block.table_heads())) {
            let lost: Vec<String> = heads.into_iter().filter(|head| !all_said.contains(head)).collect();
            assert!(lost.is_empty(), "{}:{line}: no command of the page has a table with {lost:#?}", page.name);
        }
    }
    told
}

/// About how long the commands of a page take.
pub fn seconds(page: &Page) -> u32 {
    page.blocks().iter().flat_map(Block::commands).map(|command| shorten::seconds(&command)).sum()
}

/// Has throng make the plan of a run, with all that the command sets, and play none of it.
pub fn plan(place: &str, command: &str) {
    let line = command.replacen("throng run ", "throng check ", 1);
    assert!(line != command, "{place}: {command} is no run");
    let output = Command::new("sh").args(["-ec", &line]).env("PATH", path()).output().expect("there is a shell");
    assert!(output.status.success(), "{place}: {command}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Where programs are looked for: throng is the first.
fn path() -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_throng")).parent().expect("it is in a folder");
    format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap_or_default())
}

impl Session {
    fn start(page: &Page) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for part in ["examples", "deploy", "docs"] {
            symlink(project().join(part), folder.path().join(part)).expect("a link can be made");
        }
        let speaks_of =
            |program: &str| page.blocks().iter().flat_map(Block::commands).any(|line| line.starts_with(program));
        let others = OTHERS.iter().filter(|(program, _)| speaks_of(program));
        let folders =
            others.map(|(name, package)| Environment::with(name, &[package]).programs().display().to_string());
        let path = std::iter::once(path()).chain(folders).collect::<Vec<_>>().join(":");
        Self { folder, servers: Servers::start(page), path }
    }

    /// Writes the file that a block is.
    fn keep(&self, block: &Block) {
        if let Some(name) = &block.file {
            let path = self.folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder can be filled");
            fs::write(path, self.servers.put_into(&block.text)).expect("the folder can be filled");
        }
    }

    /// Runs a command that must keep what it promises, and returns what it said.
    fn run(&self, place: &str, command: &str) -> String {
        let record = self.folder.path().join(RECORD);
        let _ = fs::remove_file(&record);
        let mut line = shorten::command(&self.servers.put_into(command), self.folder.path());
        // Several runs keep their records in a folder.
        let is_several = line.contains("--repeat") || line.contains("--against");
        if line.starts_with("throng run ") && !is_several {
            line = line.replacen("throng run ", &format!("throng run --out json={RECORD} "), 1);
        }
        let outcome = if line.contains("--tui") { self.on_a_terminal(&line) } else { self.in_a_shell(&line) };
        let kept = outcome::check(&line, &outcome, self.folder.path(), &record);
        kept.unwrap_or_else(|error| panic!("{place}: {line}\n{error}\n{}", outcome.said));
        outcome.said
    }

    /// Rehearses a scenario of the page, its waits cut short, by which nothing changes but how long it takes.
    fn rehearse(&self, place: &str, block: &Block) {
        let text = shorten::lengths(&self.servers.put_into(&block.text));
        fs::write(self.folder.path().join(REHEARSED), text).expect("the folder can be filled");
        let over_http = if block.text.contains("\"http\"") { " --http http://localhost:8080" } else { "" };
        self.run(place, &format!("throng rehearse {REHEARSED}{over_http}"));
    }

    fn in_a_shell(&self, line: &str) -> Outcome {
        let mut command = Command::new("sh");
        command.args(["-ec", line]).current_dir(self.folder.path()).env("PATH", &self.path);
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        let output = command.envs(self.servers.variables()).output().expect("there is a shell");
        let said = [output.stdout, output.stderr].concat();
        Outcome { status: output.status.code(), said: String::from_utf8_lossy(&said).into_owned() }
    }

    fn on_a_terminal(&self, line: &str) -> Outcome {
        let line = format!("cd '{}' && exec {line}", self.folder.path().display());
        let pty = Pty::start(120, 40, Path::new("/bin/sh"), &["-c", &line], &[("PATH", &self.path)]);
        let mut left = pty.end();
        left.assert_clean();
        Outcome { status: i32::try_from(left.status).ok(), said: left.text() }
    }
}
