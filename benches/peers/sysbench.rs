//! sysbench, whose scripts are Lua on LuaJIT and whose core is C.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{ALLOWANCE, number_after};
use crate::support::{Bench, BenchError, Effort, Program, program};

/// Tables of `oltp_read_write`, as many as `scenarios/read_write.lua` knows.
const TABLES: u32 = 4;

/// Rows of each of them.
pub const READ_WRITE_ROWS: u32 = 50_000;

/// sysbench on one of the bench's databases.
pub struct Sysbench<'a> {
    bench: &'a Bench,
    database: &'static str,
}

impl<'a> Sysbench<'a> {
    /// sysbench on a database that somebody else has filled.
    pub fn on(bench: &'a Bench, database: &'static str) -> Self {
        Self { bench, database }
    }

    /// sysbench and the filled tables of its `oltp_*` scripts.
    pub fn filled(bench: &'a Bench) -> Result<Self, BenchError> {
        let sysbench = Self { bench, database: bench.database("sysbench")? };
        bench.once("sysbench, filled", || {
            bench.prepare("sysbench prepare", sysbench.oltp(1, 0, "prepare")?)?;
            bench.sql(sysbench.database, &["VACUUM ANALYZE", "CHECKPOINT"]).map(drop)
        })?;
        Ok(sysbench)
    }

    /// The database that the tables are in.
    pub fn database(&self) -> &'static str {
        self.database
    }

    /// Plays `peers/point_select.lua`.
    pub fn point_select(&self, threads: u32, seconds: u32) -> Result<Effort, BenchError> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/point_select.lua");
        let mut command = self.command(threads, seconds)?;
        command.arg(script).arg("run");
        self.play(command, seconds)
    }

    /// Plays its own `oltp_read_write`.
    pub fn read_write(&self, threads: u32, seconds: u32) -> Result<Effort, BenchError> {
        self.play(self.oltp(threads, seconds, "run")?, seconds)
    }

    fn oltp(&self, threads: u32, seconds: u32, what: &str) -> Result<Command, BenchError> {
        let mut command = self.command(threads, seconds)?;
        command.args([&format!("--tables={TABLES}"), &format!("--table-size={READ_WRITE_ROWS}")]);
        // Its default is skewed; every row being as likely is what a scenario can say as well.
        command.args(["--rand-type=uniform", "oltp_read_write", what]);
        Ok(command)
    }

    fn command(&self, threads: u32, seconds: u32) -> Result<Command, BenchError> {
        let mut command = Command::new(program("sysbench", "sysbench")?);
        command.args(["--db-driver=pgsql", "--pgsql-host=127.0.0.1", "--pgsql-user=postgres"]);
        command.arg(format!("--pgsql-port={}", self.bench.postgres.port()));
        command.arg(format!("--pgsql-db={}", self.database));
        command.args([format!("--threads={threads}"), format!("--time={seconds}"), "--events=0".into()]);
        command.current_dir(self.bench.folder());
        Ok(command)
    }

    fn play(&self, command: Command, seconds: u32) -> Result<Effort, BenchError> {
        let limit = ALLOWANCE + Duration::from_secs(seconds.into());
        let finished = Program::new("sysbench", command, limit).run()?;
        let untold = || finished.untold("sysbench", "its transactions");
        let line = finished.stdout.lines().find(|line| line.contains("transactions:")).ok_or_else(untold)?;
        let operations = number_after(line, "transactions:").ok_or_else(untold)?;
        let per_s = number_after(line, "(").ok_or_else(untold)?;
        Ok(Effort { operations: operations as u64, per_s, cpu: finished.cpu, wall: finished.wall })
    }
}
