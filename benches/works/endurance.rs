//! A long run at full speed: does the process grow?

use std::time::Duration;

use crate::peers::Pgbench;
use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit, median};

/// Of 20 minutes this is minute 2, by when every buffer has been used.
const SETTLED: f64 = 0.1;

/// The part of the run, at its beginning and end, whose memory is compared.
const STRETCH: f64 = 0.05;

pub const ENTRY: Case = Case {
    name: "endurance",
    long: true,
    figures: &[Figure {
        number: "12",
        what: "growth of resident memory in 20 minutes at full speed, from minute 2 on",
        unit: Unit::Percent,
        bar: Bar::AtMost(1.0),
    }],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::filled(bench)?;
    let seconds = bench.options.long_seconds();
    let play = Play::new(bench, "point_select").set("pg", bench.tcp_url(pgbench.database())).users(16, 2, seconds);
    let played = play.watch_memory().run()?;
    let within = |from: f64, to: f64| -> f64 {
        let at = |part: f64| Duration::from_secs_f64(part * f64::from(seconds));
        let samples = played.process.memory.iter().filter(|sample| (at(from)..at(to)).contains(&sample.at));
        median(&samples.map(|sample| sample.bytes as f64).collect::<Vec<f64>>())
    };
    let settled = within(SETTLED, SETTLED + STRETCH);
    Ok(vec![Reading::alone(100.0 * (within(1.0 - STRETCH, 1.0) - settled) / settled)])
}
