//! A point select by key over TCP, 16 connections, 2 workers.

use crate::peers::{Pgbench, Reach, Sysbench};
use crate::support::{Bar, Bench, BenchError, Case, Contender, Effort, Figure, Play, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

/// Threads of throng and of pgbench.
const WORKERS: u32 = 2;

pub const ENTRY: Case = Case {
    name: "point_select",
    long: false,
    figures: &[
        Figure {
            number: "1",
            what: "processor time a point select, TCP, 16 connections",
            unit: Unit::Micros,
            bar: Bar::RatioAtMost(0.90),
        },
        Figure {
            number: "2",
            what: "point selects, TCP, 16 connections",
            unit: Unit::PerSecond,
            bar: Bar::RatioAtLeast(1.00),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let sysbench = Sysbench::on(bench, pgbench.database());
    let (url, seconds) = (bench.tcp_url(pgbench.database()), bench.options.seconds());
    let contenders = vec![
        Contender::new("throng", || throng(bench, &url, USERS, WORKERS)),
        Contender::new("pgbench", || pgbench.play("select-only", Reach::Tcp, USERS, WORKERS, seconds)),
        Contender::new("sysbench", || sysbench.point_select(USERS, seconds)),
    ];
    let duel = duel(bench.options.rounds(), contenders)?;
    Ok(vec![duel.cpu(), duel.throughput()])
}

/// One turn of throng.
pub(super) fn throng(bench: &Bench, url: &str, users: u32, workers: u32) -> Result<Effort, BenchError> {
    let play = Play::new(bench, "point_select").set("pg", url).users(users, workers, bench.options.seconds());
    Ok(play.run()?.effort())
}
