//! Reports of a real run: what the run wrote, `throng report` writes again.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::influxdb::InfluxDb;
use support::python::Environment;
use throng::record::Record;
use throng::report::FORMATS;

mod support;

/// Adds up an HdrHistogram log with that project's Python port, and prints how many times there are, and percentiles.
const ADD_UP: &str = "
import sys
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader
total = HdrHistogram(1, 3600000000, 3)
reader = HistogramLogReader(sys.argv[1], total)
intervals = 0
while (histogram := reader.get_next_interval_histogram()) is not None:
    total.add(histogram)
    intervals += 1
print(intervals, total.get_total_count(), *[total.get_value_at_percentile(p) for p in (50, 90, 99)])
";

fn throng(folder: &Path, args: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(folder).args(args).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    let output = command.output().expect("the binary was built with this test");
    assert!(output.status.success(), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// `--out` of every format, into files of this name.
fn everything(name: &str) -> impl Iterator<Item = String> {
    FORMATS.iter().flat_map(move |format| ["--out".to_owned(), format!("{}={name}.{}", format.name, format.name)])
}

#[test]
fn a_report_made_later_is_the_one_that_the_run_wrote() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = ["run", "membership", "--profile", "quick", "--quiet"].map(str::to_owned);
    let printed = throng(folder.path(), &run.into_iter().chain(everything("run")).collect::<Vec<_>>());
    let report = ["report", "run.json"].map(str::to_owned);
    throng(folder.path(), &report.iter().cloned().chain(everything("again")).collect::<Vec<_>>());
    for format in FORMATS {
        let read =
            |name: &str| fs::read(folder.path().join(format!("{name}.{}", format.name))).expect("it was written");
        // There may be nothing to annotate.
        assert!(format.name == "github" || !read("run").is_empty(), "{}", format.name);
        assert!(read("again") == read("run"), "{} differs", format.name);
    }
    assert_eq!(throng(folder.path(), &report).stdout, printed.stdout);
}

#[test]
fn a_run_on_github_actions_annotates_what_failed_and_adds_to_the_summary() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(folder.path()).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    command.args(["run", "membership", "--profile", "quick", "--quiet", "--threshold", "throughput < 1/s"]);
    let output = command.output().expect("the binary was built with this test");
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\n::error title=membership%3A throughput < 1/s::observed "), "{said}");
    let summary = fs::read_to_string(&summary).expect("it is there");
    assert!(summary.starts_with("before\n# membership: failed\n"), "{summary}");
}

#[test]
fn another_reader_finds_every_response_time_in_the_log() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = ["run", "membership", "--profile", "quick", "--quiet", "--out", "json=run.json", "--out", "hdr=run.hlog"];
    throng(folder.path(), &run.map(str::to_owned));
    let record = throng::report::read(&folder.path().join("run.json")).expect("it is a record");
    let mut python = Environment::with("hdrhistogram", &["hdrhistogram==0.10.8"]).program("python");
    let output = python.current_dir(folder.path()).args(["-c", ADD_UP, "run.hlog"]).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let told: Vec<u64> = told.split_whitespace().map(|word| word.parse().expect("it prints numbers")).collect();
    let (intervals, finished) = in_all_phases(&record);
    assert_eq!(told[..2], [intervals, finished]);
    let times = &record.totals.response_us;
    // All of this run is measured, so that its percentiles are those of the log; a slot is within a thousandth.
    for (told, known) in told[2..].iter().zip([times.p50, times.p90, times.p99]) {
        assert!(told.abs_diff(known) <= known.div_ceil(1000), "{told} instead of {known}");
    }
}

#[test]
fn an_influxdb_takes_every_point_whatever_the_names_are() {
    const ODD: &str = r#"odd, a=b "c"\"#;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run =
        ["run", "membership", "--profile", "quick", "--quiet", "--out", "json=run.json", "--out", "influx=run.txt"];
    throng(folder.path(), &run.map(str::to_owned));
    let path = |name: &str| folder.path().join(name);
    let record = throng::report::read(&path("run.json")).expect("it is a record");
    let influxdb = InfluxDb::start();
    influxdb.write(&fs::read_to_string(path("run.txt")).expect("it was written"));
    // Another run of the same moment, told by its scenario alone.
    let renamed = fs::read_to_string(path("run.json")).expect("it was written");
    let mut renamed: serde_json::Value = serde_json::from_str(&renamed).expect("it is JSON");
    renamed["scenario"]["name"] = ODD.into();
    fs::write(path("odd.json"), renamed.to_string()).expect("it can be written");
    throng(folder.path(), &["report", "odd.json", "--out", "influx=odd.txt"].map(str::to_owned));
    influxdb.write(&fs::read_to_string(path("odd.txt")).expect("it was written"));

    let runs = influxdb
        .series("SELECT run_id, verdict, operations_succeeded, response_p95_us FROM throng_run GROUP BY scenario");
    let scenarios: Vec<&str> = runs.iter().filter_map(|run| run["tags"]["scenario"].as_str()).collect();
    assert_eq!(scenarios, ["membership", &ODD.replace('\\', "/")]);
    for run in &runs {
        let (totals, values) = (&record.totals, &run["values"][0]);
        let known = serde_json::json!([record.run_id, "passed", totals.operations_succeeded, totals.response_us.p95]);
        assert_eq!(values.as_array().expect("it is a row")[1..], known.as_array().expect("it is a list")[..]);
    }
    let of_membership = "WHERE scenario = 'membership'";
    let intervals = influxdb
        .series(&format!("SELECT count(\"users\"), sum(operations_succeeded) FROM throng_interval {of_membership}"));
    let succeeded: u64 = record.intervals.iter().map(|interval| interval.operations_succeeded).sum();
    let told = &intervals[0]["values"][0];
    assert_eq!((&told[1], &told[2]), (&record.intervals.len().into(), &succeeded.into()));
    let operations =
        influxdb.series(&format!("SELECT succeeded FROM throng_operation {of_membership} GROUP BY persona, operation"));
    assert_eq!(operations.len(), record.measured_operations().count());
    for operation in record.measured_operations() {
        let is_it = |series: &&serde_json::Value| {
            series["tags"]["operation"] == operation.name.as_str()
                && series["tags"]["persona"] == operation.persona.as_str()
        };
        let series = operations.iter().find(is_it).unwrap_or_else(|| panic!("{} is not there", operation.name));
        assert_eq!(series["values"][0][1], operation.succeeded, "{}", operation.name);
    }
}

/// Intervals in which operations ended, and those operations.
fn in_all_phases(record: &Record) -> (u64, u64) {
    let ended = record.intervals.iter().map(|interval| interval.operations_succeeded + interval.operations_failed);
    (ended.clone().filter(|ended| *ended > 0).count() as u64, ended.sum())
}
