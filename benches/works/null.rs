//! Operations that do nothing: what is left is the engine's own cost.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit, median};

pub const ENTRY: Case = Case {
    name: "null",
    long: false,
    figures: &[Figure {
        number: "13",
        what: "operations without work, 1 worker",
        unit: Unit::PerSecond,
        bar: Bar::AtLeast(1_000_000.0),
    }],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let seconds = bench.options.short_or(1, 3);
    let mut rates = Vec::new();
    for _ in 0..bench.options.rounds() {
        let play = Play::new(bench, "null").set("users", 16).set("workers", 1);
        let played = play.set("duration", format!("{seconds}s")).lasting(seconds).run()?;
        rates.push(played.effort().per_s);
    }
    Ok(vec![Reading::alone(median(&rates))])
}
