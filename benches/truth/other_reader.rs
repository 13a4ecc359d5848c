//! A histogram that throng wrote, read by HdrHistogram's Python port: the percentiles are the same.
//!
//! throng knows minimum and maximum exactly, and no percentile of its own lies past them; a histogram knows only in which
//! of its slots they fall. So they are held against the ends of those slots, as every reader shows them.
//!
//! The port comes from PyPI (`hdrhistogram`) into an environment of its own below cargo's target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hdrhistogram::Histogram;

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit, program};

/// So many operations that every percentile has a whole rank: the two libraries round ranks differently.
const OPERATIONS: u32 = 100_000;

/// The layout of throng's histograms: up to an hour in µs, to so many digits.
const MAX_US: u64 = 3_600_000_000;
const DIGITS: u8 = 3;

/// Longer than the load takes.
const LIMIT_S: u32 = 120;

pub const ENTRY: Case = Case {
    name: "other_reader",
    long: false,
    figures: &[
        Figure {
            number: "T6",
            what: "times in a histogram of throng's as HdrHistogram's Python port counts them",
            unit: Unit::Count,
            bar: Bar::Exactly(OPERATIONS as f64),
        },
        Figure {
            number: "T6",
            what: "farthest of its percentiles from throng's, and of its extremes from the slots that throng's fall in",
            unit: Unit::Micros,
            bar: Bar::Exactly(0.0),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let python = environment(bench)?;
    let play = Play::new(bench, "ping").set("pg", bench.tcp_url("postgres")).set("users", 8);
    let record = play.set("shared-iterations", OPERATIONS).lasting(LIMIT_S).run()?.record;
    let file = bench.folder().join("histogram");
    let histogram = record.operations.first().map(|operation| operation.histogram.as_str()).unwrap_or_default();
    fs::write(&file, histogram).map_err(BenchError::io("write a histogram"))?;
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/truth/other_reader.py")).arg(&file);
    let told = bench.prepare("python", command)?;
    let told: Vec<f64> = told.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let ours = record.totals.response_us;
    let slots = Histogram::<u64>::new_with_bounds(1, MAX_US, DIGITS).expect("bounds are valid");
    let (low, high) = (slots.lowest_equivalent(ours.min) as f64, slots.highest_equivalent(ours.max) as f64);
    let percentiles = [ours.p50, ours.p90, ours.p95, ours.p99, ours.p999].map(|us| us as f64);
    let (count, farthest) = match told[..] {
        [count, p50, p90, p95, p99, p999, min, max] => {
            let theirs = [p50, p90, p95, p99, p999].map(|us| us.min(ours.max as f64));
            let pairs = percentiles.into_iter().zip(theirs).chain([(low, min), (high, max)]);
            (count, pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max))
        }
        _ => (0.0, f64::INFINITY),
    };
    Ok(vec![Reading::alone(count), Reading::alone(farthest)])
}

/// The interpreter of an environment that has the port; made when it is not there yet.
fn environment(bench: &Bench) -> Result<PathBuf, BenchError> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hdrhistogram");
    let python = folder.join("bin/python");
    let mut has_it = Command::new(&python);
    has_it.args(["-c", "import hdrh"]);
    if bench.prepare("python", has_it).is_err() {
        let mut make = Command::new(program("python3", "python-venv")?);
        make.args(["-m", "venv"]).arg(&folder);
        bench.prepare("python3 -m venv", make)?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "hdrhistogram"]);
        bench.prepare("pip install hdrhistogram", install)?;
    }
    Ok(python)
}
