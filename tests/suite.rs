//! Suites at play, each run on a throwaway server of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

const OFFICE: &str = r#"
local pg = require("throng.pg")
local seven = pg.statement("seven", "SELECT 7")

return {
  about = "people who ask for one thing",
  needs = { "postgres" },
  load = { users = 2, iterations = 5 },
  personas = {
    asker = { think = "20ms", operations = { ask = function(user) user:check(user.pg:value(seven) == 7, "seven") end } },
  },
}
"#;

/// A folder with a scenario and a suite.
struct Place(TempDir);

impl Place {
    fn new(suite: &str) -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        place.write("office.lua", OFFICE);
        place.write("day.toml", suite);
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("it can be written");
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.args(line.split(' ')).current_dir(self.path()).stdin(Stdio::null());
        for variable in ["DATABASE_URL", "REDIS_URL", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a command that must end with `status`.
    fn throng(&self, line: &str, status: i32) -> Output {
        let output = self.command(line).output().expect("throng can be started");
        assert_eq!(output.status.code(), Some(status), "{}\n{}", text(&output.stdout), text(&output.stderr));
        output
    }

    fn json(&self, file: &str) -> Value {
        let text = fs::read_to_string(self.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The record over all runs, where it is kept unless told otherwise.
    fn suite(&self) -> Value {
        self.json(".throng/suites/day/suite.json")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One key of all runs.
fn each<'a>(suite: &'a Value, key: &str) -> Vec<&'a Value> {
    suite["runs"].as_array().expect("a list of runs").iter().map(|run| &run[key]).collect()
}

#[test]
fn a_suite_passes_and_keeps_a_record_of_every_run() {
    let place = Place::new(
        r#"
        baseline = "few"
        [[runs]]
        name = "few"
        scenario = "office"
        [[runs]]
        name = "more"
        scenario = "office"
        users = 6
        connections = 3
        "#,
    );
    let output = place.throng("suite day --out kept", 0);
    assert!(text(&output.stdout).contains("passed (exit status 0)"), "{}", text(&output.stdout));
    let suite = place.json("kept/suite.json");
    assert_eq!((&suite["schema"], &suite["verdict"], &suite["exit_code"]), (&1.into(), &"passed".into(), &0.into()));
    assert_eq!(each(&suite, "name"), ["few", "more"]);
    let more = &suite["runs"][1];
    let record = place.json(&format!("kept/{}", more["record"].as_str().expect("a path")));
    assert_eq!(record["totals"]["operations_succeeded"], 30);
    assert_eq!(more["figures"]["operations_succeeded"], 30);
    assert_eq!(more["figures"]["resources"]["connections_max"], 3);
    let ratio = record["totals"]["response_us"]["mean"].as_f64().expect("a mean")
        / suite["runs"][0]["figures"]["response_us"]["mean"].as_f64().expect("a mean");
    assert_eq!(more["to_baseline"]["response_mean"].as_f64(), Some(ratio));
    assert_eq!(suite["runs"][0]["to_baseline"], Value::Null);
    let page = fs::read_to_string(place.path().join("kept/suite.md")).expect("a report");
    assert!(page.starts_with("# day: passed") && page.contains("Compared with few"), "{page}");
    assert!(place.path().join("kept/runs/few.md").is_file());
}

#[test]
fn a_threshold_that_fails_in_one_run_fails_the_suite_and_keeps_no_other_from_being_played() {
    let place = Place::new(
        r#"
        [[runs]]
        name = "strict"
        scenario = "office"
        thresholds = ["throughput > 1000000/s"]
        [[runs]]
        name = "fair"
        scenario = "office"
        "#,
    );
    let output = place.throng("suite day", 3);
    let suite = place.suite();
    assert_eq!(each(&suite, "verdict"), ["failed", "passed"]);
    assert_eq!(suite["verdict"], "failed");
    assert_eq!(suite["reasons"][0], "run `strict` failed: threshold `throughput > 1000000/s` failed");
    assert!(text(&output.stdout).contains("run `strict` failed"), "{}", text(&output.stdout));
}

#[test]
fn a_run_that_cannot_be_completed_is_named_and_decides_the_status() {
    let place = Place::new(
        r#"
        [[runs]]
        name = "nowhere"
        scenario = "office"
        postgres = "postgres://me@127.0.0.1:1/app"
        [[runs]]
        name = "here"
        scenario = "office"
        thresholds = ["throughput > 1000000/s"]
        "#,
    );
    let output = place.throng("suite day", 1);
    assert!(text(&output.stderr).contains("error: run `nowhere`: "), "{}", text(&output.stderr));
    let suite = place.suite();
    assert_eq!(each(&suite, "exit_code"), [1, 3]);
    assert_eq!((&suite["runs"][0]["figures"], &suite["verdict"]), (&Value::Null, &"aborted".into()));
}

#[test]
fn an_interrupted_suite_reports_what_ran_and_is_resumed_with_what_is_missing() {
    let place = Place::new(
        r#"
        [[runs]]
        name = "short"
        scenario = "office"
        [[runs]]
        name = "long"
        scenario = "office"
        duration = "5s"
        [[runs]]
        name = "last"
        scenario = "office"
        "#,
    );
    let mut process =
        place.command("suite day").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let told = BufReader::new(process.stderr.take().expect("it is piped")).lines();
    let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id"));
    let mut signalled = false;
    for line in told.map_while(Result::ok) {
        if !signalled && line.starts_with("long: ") && line.contains(" user") {
            kill(pid, Signal::SIGINT).expect("it is there");
            signalled = true;
        }
    }
    let output = process.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("--resume"), "{}", text(&output.stdout));
    let suite = place.suite();
    assert_eq!(each(&suite, "state"), ["played", "played", "left_out"]);
    assert_eq!(each(&suite, "exit_code"), [&Value::from(0), &Value::from(130), &Value::Null]);
    let first = place.json(".throng/suites/day/runs/short.json");

    place.throng("suite day --resume", 0);
    let suite = place.suite();
    assert_eq!(each(&suite, "state"), ["kept", "played", "played"]);
    assert_eq!(each(&suite, "verdict"), ["passed"; 3]);
    assert_eq!(place.json(".throng/suites/day/runs/short.json")["run_id"], first["run_id"]);

    // What has changed since is another run.
    place.throng("suite day --resume --only short --users 3", 0);
    assert_eq!(each(&place.suite(), "state"), ["played"]);
    // And without being asked, nothing is taken from before.
    place.throng("suite day --only last", 0);
    assert_eq!(each(&place.suite(), "state"), ["played"]);
}

#[test]
fn runs_side_by_side_name_each_other_and_the_report_says_so() {
    let place = Place::new(
        r#"
        play = "side by side"
        duration = "3s"
        [[runs]]
        name = "left"
        scenario = "office"
        [[runs]]
        name = "right"
        scenario = "office"
        users = 3
        "#,
    );
    let output = place.throng("suite day", 0);
    let suite = place.suite();
    assert_eq!((&suite["runs"][0]["beside"][0], &suite["runs"][1]["beside"][0]), (&"right".into(), &"left".into()));
    assert!(text(&output.stdout).contains("played beside others"), "{}", text(&output.stdout));
    // Each had begun its load before the other was over.
    let times = |run: &Value| {
        let figures = &run["figures"];
        let began: jiff::Timestamp = figures["started_at"].as_str().expect("a time").parse().expect("RFC 3339");
        let length_s = figures["duration_s"].as_f64().expect("a length");
        (began, began + jiff::SignedDuration::from_secs_f64(length_s))
    };
    let (left, right) = (times(&suite["runs"][0]), times(&suite["runs"][1]));
    assert!(left.0 < right.1 && right.0 < left.1, "{left:?} {right:?}");
}

#[test]
fn the_record_of_a_run_side_by_side_is_kept_as_soon_as_it_is_over() {
    let place = Place::new(
        r#"
        play = "side by side"
        [[runs]]
        name = "long"
        scenario = "office"
        duration = "1h"
        [[runs]]
        name = "short"
        scenario = "office"
        "#,
    );
    let mut process =
        place.command("suite day").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id"));
    let told = BufReader::new(process.stderr.take().expect("it is piped")).lines();
    let kept = place.path().join(".throng/suites/day/runs/short.json");
    // The long one tells of itself once a second; it ends when the other's record is there.
    for line in told.map_while(Result::ok).take(120) {
        if line.starts_with("long: ") && kept.is_file() {
            kill(pid, Signal::SIGINT).expect("it is there");
            break;
        }
    }
    let output = process.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stdout));
    assert_eq!(each(&place.suite(), "verdict"), ["interrupted", "passed"]);
}

#[test]
fn a_warning_is_told_of_its_run_and_of_the_suite_and_fails_nothing() {
    let place = Place::new(
        r#"
        [[runs]]
        name = "slow"
        scenario = "office"
        thresholds = ["throughput > 0.001/s warn 1000000/s", "errors.rate < 1%"]
        [[runs]]
        name = "fair"
        scenario = "office"
        "#,
    );
    let output = place.throng("suite day", 0);
    let said = text(&output.stdout);
    assert!(said.contains("warning (exit status 0)"), "{said}");
    let suite = place.suite();
    assert_eq!(
        (each(&suite, "verdict"), &suite["verdict"]),
        (vec![&"warning".into(), &"passed".into()], &"warning".into())
    );
    let record = place.json(".throng/suites/day/runs/slow.json");
    let rule = &record["thresholds"][0];
    assert_eq!((&rule["passed"], &rule["warning"]), (&true.into(), &true.into()));
    assert_eq!(record["exit_code"], 0);
}

#[test]
fn a_folder_is_that_of_one_suite_and_what_it_holds_must_be_understood() {
    let place = Place::new("[[runs]]\nname = \"one\"\nscenario = \"office\"\n");
    place.write("night.toml", "[[runs]]\nname = \"one\"\nscenario = \"office\"\n");
    place.throng("suite day --out kept", 0);
    let refused = |line: &str, message: &str| {
        let said = text(&place.throng(line, 2).stderr);
        assert!(said.contains(message), "{said}");
    };
    refused("suite night --out kept", "`kept` holds the records of suite `day`");
    refused("suite day --out day.toml", "`day.toml` is a file, not a folder");
    place.write("kept/state.json", "{");
    refused("suite day --out kept --resume", "kept/state.json: EOF while parsing");
    place.write("kept/state.json", r#"{ "schema": 7, "finished": {} }"#);
    refused("suite day --out kept --resume", "it is of version 7");
    assert!(place.path().join("kept/runs/one.json").is_file(), "what was kept is still there");
    place.throng("suite day --out kept", 0);
}

#[test]
fn a_suite_takes_variables_as_the_configuration_does() {
    let place = Place::new(
        "users = \"${CROWD:-2}\"\nthresholds = [\"errors.rate < ${MOST:-1}%\"]\n[[runs]]\nname = \"one\"\nscenario = \"office\"\nconnections = \"${POOL}\"\n",
    );
    let checked = |variables: &[(&str, &str)]| {
        let output = place.command("suite day --check").envs(variables.iter().copied()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(checked(&[]).contains("2 users × 5 iterations") && checked(&[]).contains("errors.rate < 1%"));
    assert!(checked(&[("CROWD", "7"), ("MOST", "3"), ("POOL", "3")]).contains("7 users × 5 iterations"));
    let output = place.command("suite day --check").env("CROWD", "many").output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`users`: expected a whole number"), "{}", text(&output.stderr));
}

#[test]
fn runs_side_by_side_on_the_same_data_are_refused() {
    let place = Place::new(
        r#"
        play = "side by side"
        postgres = "postgres://me:hunter2@127.0.0.1:1/app"
        [[runs]]
        name = "left"
        scenario = "office"
        [[runs]]
        name = "right"
        scenario = "office"
        "#,
    );
    let said = text(&place.throng("suite day", 2).stderr);
    assert!(said.contains("`left` and `right` are played side by side on the same data"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_scale_shortens_lengths_and_leaves_users_alone() {
    let place = Place::new(
        r#"
        [[runs]]
        name = "hour"
        scenario = "office"
        users = 3
        duration = "1h"
        "#,
    );
    let output = place.throng("suite day --scale 0.01%", 0);
    assert!(text(&output.stdout).contains("lengths were shortened"), "{}", text(&output.stdout));
    let suite = place.suite();
    assert_eq!(suite["scale"], 0.0001);
    assert_eq!((&suite["runs"][0]["load"][0], &suite["runs"][0]["users"]), (&"3 users for 1s".into(), &3.into()));
}

#[test]
fn the_suite_to_start_from_can_be_played() {
    let place = Place::new("");
    place.throng("suite --init mine.toml", 0);
    for variant in [
        "--mode quick",
        "--mode full",
        "--mode smoke --environment ci",
        "--environment staging",
        "--environment production",
    ] {
        place.throng(&format!("suite mine.toml --check {variant}"), 0);
    }
    place.throng("suite mine.toml --mode smoke --environment ci", 0);
    let suite = place.json(".throng/suites/mine/suite.json");
    assert_eq!((&suite["mode"], &suite["environment"]), (&"smoke".into(), &"ci".into()));
    let record = place.json(".throng/suites/mine/runs/day.json");
    let rules: Vec<&str> =
        record["thresholds"].as_array().expect("a list").iter().filter_map(|rule| rule["rule"].as_str()).collect();
    assert_eq!(rules, ["response.p95 < 2s", "errors.rate < 1%"]);
}

#[test]
fn every_bundled_suite_can_be_played_in_all_its_modes() {
    let place = Place::new("");
    for name in throng::bundle::suites() {
        let text = throng::bundle::suite(&name).expect("it is listed");
        let table: toml::Table = toml::from_str(&text).expect("TOML");
        place.throng(&format!("suite {name} --check"), 0);
        for mode in table.get("modes").and_then(toml::Value::as_table).iter().flat_map(|modes| modes.keys()) {
            place.throng(&format!("suite {name} --check --mode {mode}"), 0);
        }
    }
}

#[test]
fn a_url_is_for_the_runs_that_have_such_a_target() {
    let place = Place::new(
        "[[runs]]\nname = \"one\"\nscenario = \"office.lua\"\n[[runs]]\nname = \"other\"\nscenario = \"cache.lua\"\n",
    );
    place.write(
        "cache.lua",
        &OFFICE.replace("\"postgres\"", "\"redis\"").replace("pg:value(seven)", "redis:incr(\"n\")"),
    );
    place.throng("suite day.toml --check --redis redis://127.0.0.1:1 --pg postgres://127.0.0.1:1/x", 0);
    let refused = place.throng("suite day.toml --check --only one --redis redis://127.0.0.1:1", 2);
    assert!(text(&refused.stderr).contains("no run of the suite uses the redis target"), "{}", text(&refused.stderr));
}
