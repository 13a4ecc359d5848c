//! The commands of one page, run in the order in which they stand, in a folder of their own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

use super::page::{Block, Page, project};
use super::shorten::shorten;
use crate::support::web::Web;

/// The record that every run of a session writes besides.
const RECORD: &str = ".record.json";

/// What became of the commands of a page.
#[derive(Default)]
pub struct Told {
    /// How many were run.
    pub run: usize,
    /// How many were only read.
    pub read: usize,
    /// What was not run or only read: where, and why.
    pub left: Vec<String>,
}

/// Where the commands of a page are run.
struct Session<'a> {
    page: &'a Page,
    folder: tempfile::TempDir,
    postgres: ThrowawayPostgres,
    redis: Option<ThrowawayRedis>,
    web: Web,
}

/// What is done with the commands of a block.
enum Lot {
    Run,
    Read(String),
    Leave(String),
}

impl Lot {
    fn of(block: &Block) -> Self {
        if let Some(why) = &block.not_run {
            return Self::Leave(format!("not run: {why}"));
        }
        if let Some(why) = &block.only_read {
            return Self::Read(format!("only read: {why}"));
        }
        let program = block.text.split_whitespace().next().filter(|_| block.language == "sh");
        let is_there =
            |program: &str| shell(&format!("command -v {program}")).output().is_ok_and(|o| o.status.success());
        match program.filter(|program| !is_there(program)) {
            Some(program) => Self::Leave(format!("not run: {program} is not installed")),
            None => Self::Run,
        }
    }
}

/// Runs the commands of a page.
pub fn play(page: &Page) -> Told {
    let blocks = page.blocks();
    let lots: Vec<(&Block, Vec<String>, Lot)> =
        blocks.iter().map(|block| (block, block.commands(), Lot::of(block))).collect();
    let is_played = lots.iter().any(|(_, commands, lot)| !commands.is_empty() && matches!(lot, Lot::Run));
    let session = is_played.then(|| Session::start(page));
    let mut told = Told::default();
    for (block, commands, lot) in &lots {
        let place = format!("{}:{}", page.name, block.line);
        session.iter().for_each(|session| session.keep(block));
        match (lot, &session) {
            _ if commands.is_empty() => {}
            (Lot::Leave(why), _) => told.left.push(format!("{place}: {} {why}", commands.len())),
            (Lot::Read(why), _) => {
                told.left.push(format!("{place}: {} {why}", commands.len()));
                commands.iter().for_each(|command| read(&place, command));
                told.read += commands.len();
            }
            (Lot::Run, None) => unreachable!("a session was started for what is run"),
            (Lot::Run, Some(session)) => {
                block.before.iter().chain(commands).for_each(|command| session.run(&place, command));
                told.run += commands.len();
            }
        }
    }
    told
}

/// Has throng read a command as a whole: with `--help` at the end of its flags it does nothing.
pub fn read(place: &str, command: &str) {
    let line = command.split(" # ").next().unwrap_or_default();
    let line = match line.split_once(" -- ") {
        Some((flags, rest)) => format!("{flags} --help -- {rest}"),
        None => format!("{line} --help"),
    };
    let output = shell(&line).output().expect("there is a shell");
    assert!(output.status.success(), "{place}: {command}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// A shell that finds throng.
fn shell(line: &str) -> Command {
    let binaries = Path::new(env!("CARGO_BIN_EXE_throng")).parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command.args(["-ec", line]).env("PATH", format!("{}:{path}", binaries.display()));
    command
}

impl<'a> Session<'a> {
    fn start(page: &'a Page) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for part in ["examples", "deploy", "docs"] {
            symlink(project().join(part), folder.path().join(part)).expect("a link can be made");
        }
        let postgres = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
        let redis = page.text.contains("redis");
        let redis = redis.then(|| ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts"));
        Self { page, folder, postgres, redis, web: Web::start() }
    }

    /// Writes the file that a block is.
    fn keep(&self, block: &Block) {
        if let Some(name) = &block.file {
            let path = self.folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder can be filled");
            fs::write(path, self.with_own_servers(&block.text)).expect("the folder can be filled");
        }
    }

    /// A text in which the addresses of servers are those of the session's own.
    fn with_own_servers(&self, text: &str) -> String {
        let postgres = self.postgres.url();
        let mut text = replaced(text, &["postgres://", "postgresql://"], postgres.reveal());
        if let Some(redis) = &self.redis {
            text = replaced(&text, &["redis://", "rediss://"], redis.url().reveal());
        }
        text.replace("http://localhost:8080", &self.web.url(""))
    }

    fn run(&self, place: &str, command: &str) {
        let mut line = shorten(&self.with_own_servers(command), self.folder.path());
        // Several runs keep their records in a folder, and say 3 where chance made some of them slower as well.
        let is_several = line.contains("--repeat") || line.contains("--against");
        let is_run = line.starts_with("throng run ") && !is_several;
        if is_run {
            line = line.replacen("throng run ", &format!("throng run --out json={RECORD} "), 1);
        }
        let output = self.shell(&line);
        let expected = if command.contains("must fail") { 3 } else { 0 };
        let said = [output.stdout.as_slice(), &output.stderr].concat();
        let by_time = is_run && self.failed_by_time() || is_several && output.status.code() == Some(3);
        let is_right = output.status.code() == Some(expected) || expected == 0 && by_time;
        assert!(is_right, "{place}: {line}\n{:?}\n{}", output.status, String::from_utf8_lossy(&said));
    }

    fn shell(&self, line: &str) -> Output {
        let mut command = shell(line);
        command.current_dir(self.folder.path());
        for variable in ["REDIS_URL", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "THRONG_UPDATE_DOCS"] {
            command.env_remove(variable);
        }
        command.env("DATABASE_URL", self.postgres.url().reveal()).env("PGHOST", "127.0.0.1").env("PGUSER", "postgres");
        command.env("PGPORT", self.postgres.port().to_string()).env("PGDATABASE", "postgres");
        command.envs(self.redis.as_ref().map(|redis| ("REDIS_URL", redis.url().reveal().to_owned())));
        command.output().unwrap_or_else(|error| panic!("{}: {error}", self.page.name))
    }

    /// Whether the last run broke nothing but limits on times and rates: how fast the machine of the tests is says nothing
    /// about the page.
    fn failed_by_time(&self) -> bool {
        let text = fs::read_to_string(self.folder.path().join(RECORD)).unwrap_or_default();
        let record: Value = serde_json::from_str(&text).unwrap_or_default();
        let all = |list: &str| record[list].as_array().cloned().unwrap_or_default();
        let broken: Vec<Value> = all("thresholds").into_iter().filter(|rule| rule["passed"] == false).collect();
        let by_time = broken.iter().all(|rule| rule["unit"] == "us" || rule["unit"] == "per_s");
        record["exit_code"] == 3 && !broken.is_empty() && by_time && all("checks").iter().all(|c| c["passed"] == true)
    }
}

/// A text in which every address with one of the schemes is another one.
fn replaced(text: &str, schemes: &[&str], address: &str) -> String {
    let (mut done, mut rest) = (String::new(), text);
    while let Some(start) = schemes.iter().filter_map(|scheme| rest.find(scheme)).min() {
        let end =
            rest[start..].find(|c: char| c.is_whitespace() || "'\"`".contains(c)).map_or(rest.len(), |at| start + at);
        done = done + &rest[..start] + address;
        rest = &rest[end..];
    }
    done + rest
}
