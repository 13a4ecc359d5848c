//! 4,000 users of the membership office on 100 connections.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit};

/// Users of the office.
const USERS: u32 = 4000;

/// Over how long they come.
const RAMP_S: u32 = 5;

pub const ENTRY: Case = Case {
    name: "membership",
    long: false,
    figures: &[
        Figure {
            number: "10",
            what: "errors of 4,000 users on 100 connections, but for those of waiting for one",
            unit: Unit::Count,
            bar: Bar::Exactly(0.0),
        },
        Figure {
            number: "10",
            what: "their checks that failed in `verify`",
            unit: Unit::Count,
            bar: Bar::Exactly(0.0),
        },
        Figure { number: "10", what: "their resident memory", unit: Unit::Megabytes, bar: Bar::AtMost(150.0) },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let seconds = RAMP_S + bench.options.short_or(5, 30);
    let played = Play::bundled(bench, "membership")
        .set("pg", bench.tcp_url(bench.database("membership")?))
        .set("users", USERS)
        .set("think", "100ms")
        .set("connections", 100)
        .set("ramp-up", format!("{RAMP_S}s"))
        .set("duration", format!("{seconds}s"))
        .lasting(seconds)
        .watch_memory()
        .thresholds_may_fail()
        .run()?;
    let errors = &played.record.errors;
    let others: u64 = errors.iter().filter(|error| error.class != "pool timeout").map(|error| error.count).sum();
    let broken = played.record.checks.iter().filter(|check| !check.passed).count();
    Ok(vec![
        Reading::alone(others as f64),
        Reading::alone(broken as f64),
        Reading::alone(played.process.memory_peak() as f64 / 1e6),
    ])
}
