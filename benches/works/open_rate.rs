//! An open load of 2,000 a second on an idle server: how late do its arrivals start?

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit, median};

/// Arrivals a second.
const RATE: u32 = 2000;

pub const ENTRY: Case = Case {
    name: "open_rate",
    long: false,
    figures: &[
        Figure {
            number: "11",
            what: "start lag of 2,000 arrivals a second, median",
            unit: Unit::Micros,
            bar: Bar::AtMost(50.0),
        },
        Figure { number: "11", what: "the same, 99th percentile", unit: Unit::Micros, bar: Bar::AtMost(500.0) },
        Figure {
            number: "11",
            what: "arrivals more or fewer than planned, and those that did not succeed",
            unit: Unit::Count,
            bar: Bar::Exactly(0.0),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let seconds = bench.options.short_or(5, 20);
    let planned = u64::from(RATE * seconds);
    let (mut p50, mut p99, mut astray) = (Vec::new(), Vec::new(), 0);
    for _ in 0..bench.options.short_or(1, 3) {
        let play = Play::new(bench, "ping").set("pg", bench.tcp_url("postgres")).set("rate", format!("{RATE}/s"));
        let play = play.set("max-users", 50).set("connections", 50);
        let played = play.set("duration", format!("{seconds}s")).lasting(seconds).run()?;
        let totals = &played.record.totals;
        p50.push(totals.wait_us.p50 as f64);
        p99.push(totals.wait_us.p99 as f64);
        let counts = &totals.iterations;
        astray += counts.offered.abs_diff(planned) + counts.offered.abs_diff(counts.succeeded);
    }
    Ok(vec![Reading::alone(median(&p50)), Reading::alone(median(&p99)), Reading::alone(astray as f64)])
}
