//! The same seed plays the same operations with the same data, on any number of workers.

use std::collections::BTreeSet;

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit};

/// All that the users of a run did, user by user, in their order, as one fingerprint.
const FINGERPRINT: &str = "SELECT md5(string_agg(concat_ws(':', player, step, what), ',' ORDER BY player, step)) \
                           FROM steps WHERE run = ";

/// Longer than the load takes.
const LIMIT_S: u32 = 30;

pub const ENTRY: Case = Case {
    name: "replay",
    long: false,
    figures: &[
        Figure {
            number: "T5",
            what: "different histories of one seed with 1, 2 and 4 workers",
            unit: Unit::Count,
            bar: Bar::Exactly(1.0),
        },
        Figure { number: "T5", what: "and with another seed another one", unit: Unit::Yes, bar: Bar::Exactly(1.0) },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let database = bench.database("replayed")?;
    let history = |seed: u32, workers: u32| -> Result<String, BenchError> {
        let run = format!("seed {seed}, {workers} workers");
        let play = Play::new(bench, "replay").set("pg", bench.tcp_url(database)).set("param", format!("run={run}"));
        play.set("seed", seed).set("workers", workers).lasting(LIMIT_S).run()?;
        bench.sql(database, &[&format!("{FINGERPRINT}'{run}'")])
    };
    let same = [1, 2, 4].into_iter().map(|workers| history(7, workers)).collect::<Result<BTreeSet<_>, _>>()?;
    let another = history(8, 2)?;
    let differs = !another.is_empty() && !same.contains(&another);
    Ok(vec![Reading::alone(same.len() as f64), Reading::alone(f64::from(u8::from(differs)))])
}
