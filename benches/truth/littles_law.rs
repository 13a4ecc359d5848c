//! Little's law, N = X · (R + Z): users are all either served or thinking.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit, median};

/// How far users and figures may be apart, in percent, without the report saying so.
const TOLERANCE: f64 = 5.0;

/// How far two ways to compute the same gap may be apart: here over the whole run, in the report over its steady part.
const LEEWAY: f64 = 1.0;

/// Length of each load.
const SECONDS: u32 = 8;

pub const ENTRY: Case = Case {
    name: "littles_law",
    long: false,
    figures: &[
        Figure {
            number: "T7",
            what: "of three closed loads, those whose users are over 5 % from X · (R + Z) and whose report does not say so",
            unit: Unit::Count,
            bar: Bar::Exactly(0.0),
        },
        Figure {
            number: "T7",
            what: "the same of all closed runs of this bench",
            unit: Unit::Count,
            bar: Bar::Exactly(0.0),
        },
        Figure { number: "", what: "closed runs of this bench that were looked at", unit: Unit::Count, bar: Bar::None },
        Figure { number: "", what: "their median distance from X · (R + Z)", unit: Unit::Percent, bar: Bar::None },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let mut untold_here = 0;
    // Users, connections, and thinking in ms: no thinking, mostly thinking, mostly waiting for a connection.
    for (users, connections, think_ms) in [(8, 8, 0), (40, 8, 20), (40, 2, 1)] {
        let think = if think_ms == 0 { "none".to_owned() } else { format!("{think_ms}ms") };
        let play = Play::new(bench, "ping").set("pg", bench.tcp_url("postgres")).set("think", think);
        let play = play.set("users", users).set("connections", connections).set("workers", 2);
        let record = play.set("duration", format!("{SECONDS}s")).lasting(SECONDS).run()?.record;
        let told = bench.laws().last().is_some_and(|law| law.told);
        let per_s = record.totals.operations_finished() as f64 / record.duration_s;
        let accounted = per_s * (record.totals.response_us.mean / 1e6 + f64::from(think_ms) / 1e3);
        let gap_percent = 100.0 * (accounted / f64::from(users) - 1.0).abs();
        untold_here += u32::from(gap_percent > TOLERANCE + LEEWAY && !told);
    }
    let laws = bench.laws();
    let gaps_percent: Vec<f64> = laws.iter().map(|law| 100.0 * law.gap.abs()).collect();
    let untold = laws.iter().filter(|law| 100.0 * law.gap.abs() > TOLERANCE && !law.told).count();
    Ok(vec![
        Reading::alone(untold_here.into()),
        Reading::alone(untold as f64),
        Reading::alone(laws.len() as f64),
        Reading::alone(median(&gaps_percent)),
    ])
}
