//! pgbench, PostgreSQL's own load generator, written in C.

use std::process::Command;
use std::time::Duration;

use super::{ALLOWANCE, number_after};
use crate::support::{Bench, BenchError, Effort, Program};

/// The scale of the tables: 1,000,000 accounts.
const SCALE: &str = "10";

/// pgbench on a database of its own.
pub struct Pgbench<'a> {
    bench: &'a Bench,
    database: &'static str,
}

/// How to reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Over TCP, on the loopback.
    Tcp,
    /// Over a Unix socket.
    Socket,
}

impl<'a> Pgbench<'a> {
    /// pgbench and its filled tables.
    pub fn filled(bench: &'a Bench) -> Result<Self, BenchError> {
        let pgbench = Self { bench, database: bench.database("accounts")? };
        bench.once("accounts, filled", || {
            bench.prepare("pgbench -i", pgbench.command(Reach::Tcp, &["-i", "-q", "-s", SCALE])?)?;
            bench.sql(pgbench.database, &["CHECKPOINT"]).map(drop)
        })?;
        Ok(pgbench)
    }

    /// pgbench and its tables, empty and without keys.
    pub fn empty(bench: &'a Bench) -> Result<Self, BenchError> {
        let pgbench = Self { bench, database: bench.database("copied")? };
        bench.once("copied, empty", || {
            bench.prepare("pgbench -i", pgbench.command(Reach::Tcp, &["-i", "-I", "dt", "-s", SCALE])?).map(drop)
        })?;
        Ok(pgbench)
    }

    /// The database that the tables are in.
    pub fn database(&self) -> &'static str {
        self.database
    }

    /// Plays a built-in script with prepared statements.
    pub fn play(
        &self,
        script: &str,
        reach: Reach,
        clients: u32,
        threads: u32,
        seconds: u32,
    ) -> Result<Effort, BenchError> {
        let (clients, threads, time) = (clients.to_string(), threads.to_string(), seconds.to_string());
        let arguments = ["-n", "-b", script, "-M", "prepared", "-c", &clients, "-j", &threads, "-T", &time];
        let limit = ALLOWANCE + Duration::from_secs(seconds.into());
        let finished = Program::new("pgbench", self.command(reach, &arguments)?, limit).run()?;
        let told = |before, what| number_after(&finished.stdout, before).ok_or(finished.untold("pgbench", what));
        let operations = told("number of transactions actually processed:", "its transactions")?;
        let per_s = told("tps =", "its rate")?;
        Ok(Effort { operations: operations as u64, per_s, cpu: finished.cpu, wall: finished.wall })
    }

    /// Fills the accounts from data that it makes itself.
    pub fn fill(&self) -> Result<Effort, BenchError> {
        let command = self.command(Reach::Tcp, &["-i", "-q", "-I", "g", "-s", SCALE])?;
        let finished = Program::new("pgbench -i -I g", command, ALLOWANCE).run()?;
        Ok(Effort { operations: 1, per_s: 1.0 / finished.wall.as_secs_f64(), cpu: finished.cpu, wall: finished.wall })
    }

    fn command(&self, reach: Reach, arguments: &[&str]) -> Result<Command, BenchError> {
        let server = &self.bench.postgres;
        let mut command = Command::new(self.bench.postgres_program("pgbench")?);
        match reach {
            Reach::Tcp => command.args(["-h", "127.0.0.1"]),
            Reach::Socket => command.arg("-h").arg(server.folder()),
        };
        command.args(["-p", &server.port().to_string(), "-U", "postgres"]).args(arguments).arg(self.database);
        Ok(command)
    }
}
