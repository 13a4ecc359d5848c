//! Five statements between BEGIN and COMMIT, 16 connections, 2 workers.

use crate::peers::{Pgbench, Reach};
use crate::support::{Bar, Bench, BenchError, Case, Contender, Figure, Play, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

/// Threads of throng and of pgbench.
const WORKERS: u32 = 2;

/// Brings the tables back to what they were, since each turn leaves dead rows for the next.
const REFRESH: [&str; 3] = ["TRUNCATE pgbench_history", "VACUUM pgbench_branches, pgbench_tellers", "CHECKPOINT"];

pub const ENTRY: Case = Case {
    name: "tpcb_like",
    long: false,
    figures: &[
        Figure {
            number: "5",
            what: "transactions like TPC-B, 16 connections",
            unit: Unit::PerSecond,
            bar: Bar::RatioAtLeast(1.00),
        },
        Figure {
            number: "5",
            what: "processor time a transaction like TPC-B",
            unit: Unit::Micros,
            bar: Bar::RatioAtMost(0.95),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let (url, seconds) = (bench.tcp_url(pgbench.database()), bench.options.seconds());
    let refresh = || bench.sql(pgbench.database(), &REFRESH);
    let contenders = vec![
        Contender::new("throng", || {
            refresh()?;
            let play = Play::new(bench, "tpcb_like").set("pg", &url).users(USERS, WORKERS, seconds);
            Ok(play.run()?.effort())
        }),
        Contender::new("pgbench", || {
            refresh()?;
            pgbench.play("tpcb-like", Reach::Tcp, USERS, WORKERS, seconds)
        }),
    ];
    let duel = duel(bench.options.rounds(), contenders)?;
    Ok(vec![duel.throughput(), duel.cpu()])
}
