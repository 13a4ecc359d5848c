//! A point select by key over TCP, 1 connection, 1 worker: nothing hides the time between two statements.

use super::point_select::throng;
use crate::peers::{Pgbench, Reach, Sysbench};
use crate::support::{Bar, Bench, BenchError, Case, Contender, Figure, Reading, Unit, duel};

pub const ENTRY: Case = Case {
    name: "point_select_single",
    long: false,
    figures: &[Figure {
        number: "4",
        what: "point selects, TCP, 1 connection",
        unit: Unit::PerSecond,
        bar: Bar::RatioAtLeast(0.97),
    }],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let sysbench = Sysbench::on(bench, pgbench.database());
    let (url, seconds) = (bench.tcp_url(pgbench.database()), bench.options.seconds());
    let contenders = vec![
        Contender::new("throng", || throng(bench, &url, 1, 1)),
        Contender::new("pgbench", || pgbench.play("select-only", Reach::Tcp, 1, 1, seconds)),
        Contender::new("sysbench", || sysbench.point_select(1, seconds)),
    ];
    Ok(vec![duel(bench.options.rounds(), contenders)?.throughput()])
}
