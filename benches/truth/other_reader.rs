//! A histogram that throng wrote, read by HdrHistogram's Python port: the percentiles are the same.
//!
//! The port comes from PyPI (`hdrhistogram`) into an environment of its own below cargo's target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit, program};

/// So many operations that every percentile has a whole rank: the two libraries round ranks differently.
const OPERATIONS: u32 = 100_000;

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
            what: "farthest of its percentiles, minimum and maximum from throng's",
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
    let ours = [ours.p50, ours.p90, ours.p95, ours.p99, ours.p999, ours.min, ours.max].map(|us| us as f64);
    let count = told.first().copied().unwrap_or(0.0);
    let farthest = match told.get(1..) {
        Some(theirs) if theirs.len() == ours.len() => {
            ours.iter().zip(theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f64::max)
        }
        _ => f64::INFINITY,
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
