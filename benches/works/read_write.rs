//! sysbench's `oltp_read_write`, 18 statements between BEGIN and COMMIT, 16 connections, 2 workers.

use crate::peers::{READ_WRITE_ROWS, Sysbench};
use crate::support::{Bar, Bench, BenchError, Case, Contender, Effort, Figure, Play, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

/// Threads of throng; sysbench has one a connection.
const WORKERS: u32 = 2;

/// Clears the rows that the turn before left dead.
const REFRESH: [&str; 2] = ["VACUUM", "CHECKPOINT"];

/// The contender that leaves selected rows undecoded, as sysbench does.
const ROWS_COUNTED: &str = "throng, rows counted";

pub const ENTRY: Case = Case {
    name: "read_write",
    long: false,
    figures: &[
        Figure {
            number: "6",
            what: "sysbench's read-write transactions, 16 connections",
            unit: Unit::PerSecond,
            bar: Bar::RatioAtLeast(1.00),
        },
        Figure {
            number: "6",
            what: "processor time a read-write transaction",
            unit: Unit::Micros,
            bar: Bar::RatioAtMost(0.95),
        },
        Figure {
            number: "",
            what: "the same with selected rows left where they are, as sysbench does",
            unit: Unit::Micros,
            bar: Bar::None,
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let sysbench = Sysbench::filled(bench)?;
    let seconds = bench.options.seconds();
    let refresh = || bench.sql(sysbench.database(), &REFRESH);
    let turn = |rows: &str| -> Result<Effort, BenchError> {
        refresh()?;
        let play = Play::new(bench, "read_write")
            .set("pg", bench.tcp_url(sysbench.database()))
            .set("param", format!("rows={rows}"))
            .set("param", format!("rows_per_table={READ_WRITE_ROWS}"))
            .users(USERS, WORKERS, seconds);
        Ok(play.run()?.effort())
    };
    let contenders = vec![
        Contender::new("throng", || turn("read")),
        Contender::new(ROWS_COUNTED, || turn("counted")),
        Contender::new("sysbench", || {
            refresh()?;
            sysbench.read_write(USERS, seconds)
        }),
    ];
    let duel = duel(bench.options.rounds(), contenders)?;
    Ok(vec![duel.throughput(), duel.cpu(), duel.cpu_of(ROWS_COUNTED)])
}
