//! What watching the target costs it: point selects with and without, turn by turn.

use crate::peers::Pgbench;
use crate::support::{Bar, Bench, BenchError, Case, Contender, Effort, Figure, Play, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

pub const ENTRY: Case = Case {
    name: "monitor_cost",
    long: false,
    figures: &[Figure {
        number: "15",
        what: "point selects while the target is watched, against the same unwatched",
        unit: Unit::PerSecond,
        bar: Bar::RatioAtLeast(0.99),
    }],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let url = bench.tcp_url(pgbench.database());
    let contenders = vec![
        Contender::new("throng", || turn(bench, &url, true)),
        Contender::new("unwatched", || turn(bench, &url, false)),
    ];
    // The difference is smaller than a shared machine's drift, so it takes more turns than others to see it.
    Ok(vec![duel(2 * bench.options.rounds(), contenders)?.throughput()])
}

fn turn(bench: &Bench, url: &str, watched: bool) -> Result<Effort, BenchError> {
    let play = Play::new(bench, "point_select").set("pg", url).users(USERS, 2, bench.options.seconds());
    Ok(if watched { play.watched() } else { play }.run()?.effort())
}
