//! What watching the target costs it: point selects with and without, turn by turn, and the part of the server's processor
//! time that serves the monitor, which no drift of the machine can hide.

use std::cell::RefCell;

use throng::record::Record;

use crate::peers::Pgbench;
use crate::support::{Bar, Bench, BenchError, Case, Contender, Figure, Play, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

pub const ENTRY: Case = Case {
    name: "monitor_cost",
    long: false,
    figures: &[
        Figure {
            number: "15",
            what: "point selects while the target is watched, against the same unwatched",
            unit: Unit::PerSecond,
            bar: Bar::RatioAtLeast(0.99),
        },
        Figure {
            number: "15",
            what: "the monitor's part of the server's processor time meanwhile",
            unit: Unit::Percent,
            bar: Bar::AtMost(1.0),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let url = bench.tcp_url(pgbench.database());
    let taken = RefCell::new(Taken::default());
    let contenders = vec![
        Contender::new("throng", || {
            let played = turn(bench, &url).watched().run()?;
            taken.borrow_mut().add(&played.record)?;
            Ok(played.effort())
        }),
        Contender::new("unwatched", || Ok(turn(bench, &url).run()?.effort())),
    ];
    // The difference is smaller than a shared machine's drift, so it takes more turns than others to see it.
    let throughput = duel(2 * bench.options.rounds(), contenders)?.throughput();
    Ok(vec![throughput, Reading::alone(taken.borrow().percent())])
}

fn turn<'a>(bench: &'a Bench, url: &str) -> Play<'a> {
    Play::new(bench, "point_select").set("pg", url).users(USERS, 2, bench.options.seconds())
}

/// Processor time in µs, as the kernel counts it.
#[derive(Default)]
struct Taken {
    /// Of all of the server's processes.
    server_us: f64,
    /// Of that, of the one that serves the monitor.
    monitor_us: f64,
}

impl Taken {
    fn add(&mut self, record: &Record) -> Result<(), BenchError> {
        let source = record.monitor.sources.iter().find(|source| source.kind == "postgres");
        let process = source.and_then(|source| source.series("process"));
        let untold = || BenchError::Untold {
            program: "throng".to_owned(),
            what: "what the server's processes take",
            said: String::new(),
        };
        let process = process.ok_or_else(untold)?;
        self.server_us += process.counter("cpu_us");
        self.monitor_us += process.counter("monitor_cpu_us");
        Ok(())
    }

    fn percent(&self) -> f64 {
        100.0 * self.monitor_us / self.server_us.max(f64::MIN_POSITIVE)
    }
}
