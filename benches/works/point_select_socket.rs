//! A point select by key over a Unix socket, 16 connections, 2 workers.

use super::point_select::throng;
use crate::peers::{Pgbench, Reach};
use crate::support::{Bar, Bench, BenchError, Case, Contender, Figure, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

/// Threads of throng and of pgbench.
const WORKERS: u32 = 2;

pub const ENTRY: Case = Case {
    name: "point_select_socket",
    long: false,
    figures: &[
        Figure {
            number: "3",
            what: "processor time a point select, Unix socket, 16 connections",
            unit: Unit::Micros,
            bar: Bar::RatioAtMost(0.90),
        },
        Figure {
            number: "3",
            what: "point selects, Unix socket, 16 connections",
            unit: Unit::PerSecond,
            bar: Bar::RatioAtLeast(1.00),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let (url, seconds) = (bench.socket_url(pgbench.database()), bench.options.seconds());
    let contenders = vec![
        Contender::new("throng", || throng(bench, &url, USERS, WORKERS)),
        Contender::new("pgbench", || pgbench.play("select-only", Reach::Socket, USERS, WORKERS, seconds)),
    ];
    let duel = duel(bench.options.rounds(), contenders)?;
    Ok(vec![duel.cpu(), duel.throughput()])
}
