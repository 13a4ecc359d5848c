//! Statements whose times are in a table: the percentiles reported are those of the table.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit};

/// Of the values that a histogram of three significant digits keeps.
const PRECISION: f64 = 0.001;

/// Longer than all delays one after the other.
const LIMIT_S: u32 = 60;

pub const ENTRY: Case = Case {
    name: "known_distribution",
    long: false,
    figures: &[
        Figure {
            number: "T3",
            what: "statements of known times that were played",
            unit: Unit::Count,
            bar: Bar::Exactly(1000.0),
        },
        Figure {
            number: "T3",
            what: "farthest of p50, p90, p95 and p99 from the known ones, beyond the histogram's precision",
            unit: Unit::Millis,
            bar: Bar::AtMost(0.5),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let database = bench.database("delays")?;
    let play = Play::new(bench, "known_distribution").set("pg", bench.tcp_url(database));
    let totals = play.lasting(LIMIT_S).run()?.record.totals;
    let table = bench.sql(database, &["SELECT ms FROM delays ORDER BY ms"])?;
    let known_ms: Vec<f64> = table.lines().filter_map(|line| line.parse().ok()).collect();
    let response = totals.response_us;
    let told = [(0.50, response.p50), (0.90, response.p90), (0.95, response.p95), (0.99, response.p99)];
    let beyond = told.map(|(part, us)| {
        let rank = (part * known_ms.len() as f64).ceil() as usize;
        let known = rank.checked_sub(1).and_then(|place| known_ms.get(place)).copied().unwrap_or(f64::NAN);
        (us as f64 / 1000.0 - known).abs() - PRECISION * known
    });
    // A table that could not be read must not pass for agreement.
    let farthest = beyond.into_iter().reduce(|a, b| if a >= b { a } else { b }).unwrap_or(f64::NAN);
    Ok(vec![Reading::alone(totals.operations_succeeded as f64), Reading::alone(farthest)])
}
