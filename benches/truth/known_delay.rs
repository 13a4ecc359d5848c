//! A statement of 50 ms takes 50 ms, whether one user waits for it or 500.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit};

/// 50 ms and less than 1 ms.
const BAR: Bar = Bar::Within(50.0, 50.999);

pub const ENTRY: Case = Case {
    name: "known_delay",
    long: false,
    figures: &[
        Figure {
            number: "T2",
            what: "`SELECT pg_sleep(0.05)`, response time, median, 1 connection",
            unit: Unit::Millis,
            bar: BAR,
        },
        Figure { number: "T2", what: "the same with 500 users on 500 connections", unit: Unit::Millis, bar: BAR },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let median = |users: u32, iterations: u32| -> Result<Reading, BenchError> {
        let play = Play::new(bench, "known_delay").set("pg", bench.tcp_url("postgres"));
        let play = play.set("users", users).set("connections", users).set("iterations", iterations);
        let played = play.set("ramp-up", "500ms").lasting(iterations).run()?;
        Ok(Reading::alone(played.record.totals.response_us.p50 as f64 / 1000.0))
    };
    Ok(vec![median(1, bench.options.short_or(10, 30))?, median(500, bench.options.short_or(5, 20))?])
}
