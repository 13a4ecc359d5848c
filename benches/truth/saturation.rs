//! A scenario that burns processor time in Lua: the report says first that throng was the limit, and why.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit};

/// Length of the load.
const SECONDS: u32 = 5;

/// The persona that burns processor time.
const BURNER: &str = "burner";

pub const ENTRY: Case = Case {
    name: "saturation",
    long: false,
    figures: &[
        Figure {
            number: "T4",
            what: "the report's first line says that throng was the limit, where it was",
            unit: Unit::Yes,
            bar: Bar::Exactly(1.0),
        },
        Figure { number: "T4", what: "and by which persona", unit: Unit::Yes, bar: Bar::Exactly(1.0) },
        Figure {
            number: "T4",
            what: "nothing of the kind is said of a run at ease",
            unit: Unit::Yes,
            bar: Bar::Exactly(1.0),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let url = bench.tcp_url("postgres");
    let burnt = Play::new(bench, "burner").set("pg", &url).users(4, 2, SECONDS).run()?;
    let at_ease = Play::new(bench, "ping").set("pg", &url).set("think", "10ms").users(4, 2, SECONDS).run()?;
    let first = burnt.process.stdout.lines().next().unwrap_or_default();
    let says_so = ["saturated", "limit"].iter().any(|word| first.contains(word));
    let yes = |answer: bool| Reading::alone(f64::from(u8::from(answer)));
    Ok(vec![yes(says_so), yes(first.contains(BURNER)), yes(!at_ease.record.generator.suspect)])
}
