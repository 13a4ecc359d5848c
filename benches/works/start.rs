//! How long the program takes to start, and to do the least there is to do.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use crate::support::{Bar, Bench, BenchError, Case, Figure, Program, Reading, Unit, median, throng};

/// Starts of each kind.
const STARTS: u32 = 20;

/// Nothing here takes longer.
const LIMIT: Duration = Duration::from_secs(10);

pub const ENTRY: Case = Case {
    name: "start",
    long: false,
    figures: &[
        Figure {
            number: "14",
            what: "`throng run` of 1 operation without work",
            unit: Unit::Millis,
            bar: Bar::AtMost(30.0),
        },
        Figure { number: "14", what: "`throng --help`", unit: Unit::Millis, bar: Bar::AtMost(10.0) },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scenarios/null.lua");
    let one_operation = ["run".as_ref(), scenario.as_os_str(), "--users=1".as_ref(), "--iterations=1".as_ref()];
    Ok(vec![time(bench, &one_operation)?, time(bench, &["--help".as_ref()])?])
}

/// The median time of many starts.
fn time(bench: &Bench, arguments: &[&OsStr]) -> Result<Reading, BenchError> {
    let mut times_ms = Vec::new();
    for _ in 0..STARTS {
        let mut command = throng();
        command.args(arguments).current_dir(bench.folder());
        times_ms.push(Program::new("throng", command, LIMIT).run()?.wall.as_secs_f64() * 1000.0);
    }
    Ok(Reading::alone(median(&times_ms)))
}
