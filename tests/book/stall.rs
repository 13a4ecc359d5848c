//! What closed load hides, measured: `examples/stall.lua` as arrivals and as a population, kept as numbers and drawn from them.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use throng::record::Record;

use super::chart::{Chart, Stretch, draw};
use super::page::project;

/// The two loads, and what chooses them.
const LOADS: [(&str, &[&str]); 2] = [("arrivals", &[]), ("population", &["--profile", "closed"])];

/// The percentiles that are kept: each further nine has as many.
const PERCENTILES: [f64; 16] =
    [0.0, 20.0, 37.0, 50.0, 60.0, 68.0, 75.0, 80.0, 84.0, 87.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9];

/// A number of the pictures: of which load, where, and what.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    load: String,
    /// `percentile`, `ended` or `median`.
    kind: String,
    /// The percentile, or the second.
    at: f64,
    /// Milliseconds, or operations that ended.
    value: f64,
}

fn path(name: &str) -> PathBuf {
    project().join("docs/pictures").join(name)
}

/// Measures both loads.
pub fn measure() -> Vec<Number> {
    LOADS.into_iter().flat_map(|(load, arguments)| numbers(load, &play(arguments))).collect()
}

fn play(arguments: &[&str]) -> Record {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let out = folder.path().join("record.json");
    let mut throng = Command::new(env!("CARGO_BIN_EXE_throng"));
    throng.current_dir(project()).args(["run", "examples/stall.lua", "--quiet", "--seed", "1"]).args(arguments);
    throng
        .arg("--out")
        .arg(format!("json={}", out.display()))
        .env_remove("DATABASE_URL")
        .env_remove("THRONG_UPDATE_DOCS");
    let output = throng.output().expect("throng can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&fs::read_to_string(&out).expect("the record was written")).expect("a record")
}

fn numbers(load: &str, record: &Record) -> Vec<Number> {
    let number = |kind: &str, at, value: f64| Number {
        load: load.to_owned(),
        kind: kind.to_owned(),
        at,
        value: (value * 1000.0).round() / 1000.0,
    };
    let read = record.measured_operations().find(|operation| operation.name == "read").expect("it was played");
    let bytes = BASE64_STANDARD.decode(&read.histogram).expect("base64");
    let histogram: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).expect("a histogram");
    let percentiles =
        PERCENTILES.map(|at| number("percentile", at, histogram.value_at_percentile(at) as f64 / 1000.0)).into_iter();
    let seconds = record.intervals.iter().take(10).flat_map(|interval| {
        let ended = number("ended", interval.start_s.round(), interval.operations_succeeded as f64);
        let median = interval.operations_succeeded > 0;
        let median =
            median.then(|| number("median", interval.start_s.round(), interval.response_us.p50 as f64 / 1000.0));
        std::iter::once(ended).chain(median)
    });
    percentiles.chain(seconds).collect()
}

/// The numbers as they are kept.
pub fn kept() -> Vec<Number> {
    let text = fs::read_to_string(path("stall.csv")).expect("the numbers are part of the project");
    let number = |line: &str| {
        let mut cells = line.split(',');
        let mut next = || cells.next().unwrap_or_default().to_owned();
        let (load, kind, at, value) = (next(), next(), next(), next());
        Number { load, kind, at: at.parse().expect("a number"), value: value.parse().expect("a number") }
    };
    text.lines().skip(1).map(number).collect()
}

/// Keeps numbers.
pub fn keep(numbers: &[Number]) {
    let mut text = "load,kind,at,value\n".to_owned();
    for Number { load, kind, at, value } in numbers {
        let _ = writeln!(text, "{load},{kind},{at},{value}");
    }
    fs::write(path("stall.csv"), text).expect("the folder can be filled");
}

/// A figure of a load.
pub fn figure(numbers: &[Number], load: &str, kind: &str, at: f64) -> f64 {
    let found = numbers.iter().find(|number| number.load == load && number.kind == kind && number.at == at);
    found.unwrap_or_else(|| panic!("there is no {kind} {at} of the {load}")).value
}

/// The pictures by file name.
pub fn pictures(numbers: &[Number]) -> [(PathBuf, String); 2] {
    let lines = |kind: &str, x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64, gap: f64| {
        let line = |load: &'static str| {
            let mut stretches: Vec<Stretch> = Vec::new();
            let mut last = f64::NEG_INFINITY;
            for number in numbers.iter().filter(|number| number.load == load && number.kind == kind) {
                if number.at - last > gap {
                    stretches.push(Vec::new());
                }
                last = number.at;
                if let Some(stretch) = stretches.last_mut() {
                    stretch.push((x(number.at), y(number.value)));
                }
            }
            (load, stretches)
        };
        LOADS.map(|(load, _)| line(load)).to_vec()
    };
    // From 0.1 ms to 10 s, each ten times the one before alike.
    let time = |ms: f64| (ms.max(0.1).log10() + 1.0) / 5.0;
    let times: Vec<(f64, String)> =
        [(0.1, "100 µs"), (1.0, "1 ms"), (10.0, "10 ms"), (100.0, "100 ms"), (1e3, "1 s"), (1e4, "10 s")]
            .map(|(ms, mark)| (time(ms), mark.to_owned()))
            .to_vec();
    let nines = |percentile: f64| -(1.0 - percentile / 100.0).log10() / 3.0;
    let second = |second: f64| (second + 0.5) / 10.0;
    let rate = |count: f64| count / 800.0;
    let seconds = || (0..10).map(|s| (second(f64::from(s)), s.to_string())).collect();
    let percentiles = Chart {
        title: "Response time by percentile",
        below: "share of the reads that were at least as quick",
        x_marks: [0.0, 50.0, 90.0, 99.0, 99.9].map(|at| (nines(at), format!("{at} %"))).to_vec(),
        y_marks: times.clone(),
        lines: lines("percentile", &nines, &time, 100.0),
    };
    let medians = Chart {
        title: "Median response time of the reads that ended in each second",
        below: "second of the run; the server stands still from 4 to 6",
        x_marks: seconds(),
        y_marks: times,
        lines: lines("median", &second, &time, 1.5),
    };
    let ended = Chart {
        title: "Reads that ended in each second",
        below: "second of the run",
        x_marks: seconds(),
        y_marks: [0.0, 200.0, 400.0, 600.0, 800.0].map(|at| (rate(at), at.to_string())).to_vec(),
        lines: lines("ended", &second, &rate, 1.5),
    };
    [(path("stall-percentiles.svg"), draw(&[percentiles])), (path("stall-seconds.svg"), draw(&[medians, ended]))]
}
