//! The workbench: one PostgreSQL and one Redis, the databases in them, and the programs of the peers.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
use tempfile::TempDir;
use throng::analysis::littles_law;
use throng::record::Record;
use throng::report::{self, Style};
use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

use super::{BenchError, Options, Program};

/// Enough for 500 connections at once, and some to look at the server with.
const MAX_CONNECTIONS: u32 = 600;

/// What keeps the server from doing work of its own in the middle of somebody's turn.
const SETTINGS: [(&str, &str); 5] = [
    ("shared_buffers", "512MB"),
    ("autovacuum", "off"),
    ("checkpoint_timeout", "1h"),
    ("max_wal_size", "8GB"),
    ("jit", "off"),
];

/// Longer than any preparation takes.
const PREPARATION_LIMIT: Duration = Duration::from_secs(300);

/// What the cases work with.
pub struct Bench {
    /// What was chosen.
    pub options: Options,
    /// The PostgreSQL of all cases.
    pub postgres: ThrowawayPostgres,
    /// The Redis of all cases.
    pub redis: ThrowawayRedis,
    /// Where records and other files go until the end.
    folder: TempDir,
    /// Where PostgreSQL's own programs are.
    postgres_bin: Option<PathBuf>,
    prepared: RefCell<BTreeSet<&'static str>>,
    laws: RefCell<Vec<Law>>,
}

/// How a closed run stood to Little's law.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// How far the users that are accounted for are from those that were there, as a share of these.
    pub gap: f64,
    /// Whether the report says that they differ.
    pub told: bool,
}

impl Bench {
    /// Starts the servers.
    pub fn new(options: Options) -> Result<Self, BenchError> {
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let postgres = PostgresOptions { max_connections: MAX_CONNECTIONS, settings, ..PostgresOptions::default() };
        let postgres = ThrowawayPostgres::start(&postgres)?;
        let redis = ThrowawayRedis::start(&RedisOptions::default())?;
        let folder = tempfile::Builder::new().prefix("throng-bench-").tempdir();
        Ok(Self {
            postgres_bin: postgres.pid().and_then(folder_of_program),
            options,
            postgres,
            redis,
            folder: folder.map_err(BenchError::io("make a temporary folder"))?,
            prepared: RefCell::default(),
            laws: RefCell::default(),
        })
    }

    /// Where files may be put; it goes with the bench.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program that comes with PostgreSQL. Debian's own `pgbench` is a script around it, whose time would count.
    pub fn postgres_program(&self, name: &'static str) -> Result<PathBuf, BenchError> {
        let beside = self.postgres_bin.iter().map(|folder| folder.join(name)).find(|program| program.is_file());
        beside.map_or_else(|| program(name, "postgresql-client"), Ok)
    }

    /// Does something once a bench, such as filling a database.
    pub fn once(&self, what: &'static str, prepare: impl FnOnce() -> Result<(), BenchError>) -> Result<(), BenchError> {
        if self.prepared.borrow().contains(what) {
            return Ok(());
        }
        prepare()?;
        self.prepared.borrow_mut().insert(what);
        Ok(())
    }

    /// A database of that name, made when first asked for.
    pub fn database(&self, name: &'static str) -> Result<&'static str, BenchError> {
        self.once(name, || self.sql("postgres", &[&format!("CREATE DATABASE {name}")]).map(drop))?;
        Ok(name)
    }

    /// Runs statements one by one, and returns what they return: a line a row.
    pub fn sql(&self, database: &str, statements: &[&str]) -> Result<String, BenchError> {
        let mut psql = Command::new(self.postgres_program("psql")?);
        psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-d",
            database,
        ]);
        psql.args(["-p", &self.postgres.port().to_string()]);
        for statement in statements {
            psql.args(["-c", statement]);
        }
        Ok(self.prepare("psql", psql)?.trim().to_owned())
    }

    /// Runs a program that prepares something, and returns what it wrote.
    pub fn prepare(&self, name: &str, mut command: Command) -> Result<String, BenchError> {
        command.current_dir(self.folder());
        Program::new(name, command, PREPARATION_LIMIT).run().map(|finished| finished.stdout)
    }

    /// The URL of a database over TCP.
    pub fn tcp_url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.postgres.port())
    }

    /// The URL of a database over the Unix socket.
    pub fn socket_url(&self, database: &str) -> String {
        // The server's own URL names the database `postgres`.
        self.postgres.socket_url().reveal().replacen("/postgres?", &format!("/{database}?"), 1)
    }

    /// Notes how a run stood to Little's law, if it says anything of the run.
    pub fn heed_law(&self, record: &Record) {
        if let Some(law) = littles_law(record) {
            let report = report::terminal(record, &Style { colour: false, width: 200 });
            self.laws.borrow_mut().push(Law { gap: law.gap(), told: report.contains("Little's law") });
        }
    }

    /// How all runs so far stood to Little's law.
    pub fn laws(&self) -> Vec<Law> {
        self.laws.borrow().clone()
    }
}

/// A program in `PATH`.
pub fn program(name: &'static str, package: &'static str) -> Result<PathBuf, BenchError> {
    let folders = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|program| program.is_file());
    found.ok_or(BenchError::Missing { program: name, package })
}

/// The folder of the program that a process runs.
fn folder_of_program(pid: u32) -> Option<PathBuf> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    let what = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, what);
    let program = system.process(pid)?.exe()?.to_owned();
    program.parent().map(Path::to_owned)
}
