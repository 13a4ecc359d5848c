//! Experiments on real servers: two ways of playing a scenario, runs against a baseline, and what is said of them.

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

/// Somebody who waits for the server as long as a parameter says.
const NAPS: &str = r#"
local pg = require("throng.pg")
local nap = pg.statement("nap", "SELECT pg_sleep($1::float8)")
local blink = pg.statement("blink", "SELECT 1")

return {
  about = "people who wait for a nap of the server's",
  needs = { "postgres" },
  params = { ms = { default = 20, doc = "how long it naps, in ms" } },
  load = { users = 2, duration = "1s" },
  personas = {
    sleeper = {
      operations = {
        nap = { weight = 4, run = function(user) user.pg:execute(nap, user.params.ms / 1000) end },
        blink = { weight = 1, run = function(user) user.pg:execute(blink) end },
      },
    },
  },
}
"#;

/// A folder with the scenario.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        fs::write(place.path().join("naps.lua"), NAPS).expect("it can be written");
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        for variable in ["DATABASE_URL", "REDIS_URL", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs a command that must end with `status`; gives what it printed.
    fn throng(&self, arguments: &[&str], status: i32) -> String {
        let output = self.command(arguments).output().expect("throng can be started");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{}", said(&output));
        said(&output)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn json(&self, file: &str) -> Value {
        serde_json::from_str(&self.read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }
}

fn said(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The figure of that name.
fn figure<'a>(comparison: &'a Value, name: &str) -> &'a Value {
    let figures = comparison["figures"].as_array().expect("a list of figures");
    figures.iter().find(|figure| figure["name"] == name).unwrap_or_else(|| panic!("{name} is not in {comparison}"))
}

/// Waits for the charts, and says what went wrong and how much was drawn.
const READER: &str = r##"
<script>
window.problems = [];
addEventListener("error", (event) => problems.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => problems.push(`fetches ${event.blockedURI}`));
addEventListener("load", () => setTimeout(() => {
  const charts = [...document.querySelectorAll(".chart")];
  const result = document.createElement("pre");
  result.id = "found";
  result.textContent = JSON.stringify({
    problems,
    charts: charts.map((chart) => chart.parentElement.querySelector("figcaption strong").textContent),
    drawn: charts.filter((chart) => chart.querySelector(".trace")).length,
    legends: [...document.querySelectorAll(".legendtext")].map((text) => text.textContent),
    tables: document.querySelectorAll("tbody tr").length,
    overflow: document.documentElement.scrollWidth - innerWidth,
  });
  parent.document.body.prepend(result);
}, 1500));
</script>"##;

#[test]
fn the_slower_of_two_ways_is_called_worse_and_the_page_shows_both() {
    let place = Place::new();
    let ab = ["ab", "naps", "--a", "--param ms=20", "--b", "--param ms=40", "--repeat", "3", "--records", "kept"];
    let said = place.throng(&[&ab[..], &["--quiet", "--out", "markdown=ab.md"]].concat(), 3);
    assert!(said.contains("worse: ") && said.contains("parameter `ms`: 20 against 40"), "{said}");
    let comparison = place.json("kept/comparison.json");
    assert_eq!((&comparison["verdict"], &comparison["exit_code"]), (&"worse".into(), &3.into()));
    let mean = figure(&comparison, "response.mean");
    assert_eq!(mean["verdict"], "worse");
    assert!(mean["change"].as_f64().is_some_and(|by| (0.5..1.5).contains(&by)), "{mean}");
    assert_eq!(figure(&comparison, "response{operation=nap}.mean")["verdict"], "worse");
    // The runs of a pair do the same work, those of a side do not.
    let seeds = |side: &str| -> Vec<u64> {
        let runs = comparison[side]["runs"].as_array().expect("a list of runs");
        runs.iter().filter_map(|run| run["seed"].as_u64()).collect()
    };
    assert_eq!(seeds("base"), seeds("new"));
    assert_eq!(seeds("base").iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    // They took turns.
    let began = |turn: &str| place.json(&format!("kept/{turn}.json"))["started_at"].as_str().map(str::to_owned);
    assert!(began("a-1") < began("b-1") && began("b-1") < began("a-2") && began("a-2") < began("b-2"));
    assert!(place.read("ab.md").starts_with("# naps, b against a: worse"), "{}", place.read("ab.md"));

    let page = place.read("kept/comparison.html");
    for width in [1280, 400] {
        let found = support::browser::read(&page, width, READER);
        assert_eq!(found["problems"], serde_json::json!([]), "{width}");
        assert_eq!(found["drawn"], 6, "{width}: {found}");
        assert!(found["legends"].to_string().contains(r#""a","b""#), "{width}: {found}");
        assert!(found["overflow"].as_i64().is_some_and(|px| px <= 0), "{width}: {found}");
    }

    // The records by themselves are refused, since they did not do the same.
    let records = |side: char| (1..=3).map(move |number| format!("kept/{side}-{number}.json"));
    let files: Vec<String> = records('a').chain(["--".to_owned()]).chain(records('b')).collect();
    let sides: Vec<&str> = files.iter().map(String::as_str).collect();
    let refused = place.throng(&[&["compare"], &sides[..]].concat(), 2);
    assert!(refused.contains("parameter `ms`: 20 against 40") && refused.contains("--even-if-unlike"), "{refused}");
    place.throng(&[&["compare", "--even-if-unlike"], &sides[..]].concat(), 3);
    // The better of two ways is no failure.
    let turned: Vec<String> = records('b').chain(["--".to_owned()]).chain(records('a')).collect();
    let turned: Vec<&str> = turned.iter().map(String::as_str).collect();
    let better = place.throng(&[&["compare", "--even-if-unlike"], &turned[..]].concat(), 0);
    assert!(better.contains("better (exit status 0)"), "{better}");
}

#[test]
fn the_same_on_both_sides_is_not_worse() {
    let place = Place::new();
    let url = support::postgres().url().reveal().to_owned();
    // The machine may be busy with something else; what the server naps is most of it all the same.
    let flags = ["--repeat", "3", "--order", "abba", "--min-change", "30%", "--pg", &url, "--quiet"];
    place.throng(&[&["ab", "naps"], &flags[..]].concat(), 0);
    let comparison = place.json(".throng/ab/naps/comparison.json");
    assert_ne!(comparison["verdict"], "worse");
    assert_eq!(comparison["unlike"], serde_json::json!([]), "a server at a fixed address is the same for both");
    let page = place.read(".throng/ab/naps/comparison.html");
    assert!(!page.contains("password"), "no secret is in a page");
}

#[test]
fn runs_are_held_against_a_baseline_and_unlike_ones_refused_before_the_load() {
    let place = Place::new();
    let url = support::postgres().url().reveal().to_owned();
    let run = ["run", "naps", "--pg", &url, "--quiet", "--repeat"];
    let out = ["--out", "json=spread.json", "--out", "markdown=spread.md", "--out", "html=spread.html"];
    let said = place.throng(&[&run[..], &["3", "--records", "base"], &out].concat(), 0);
    assert!(said.contains("Two runs differ by") && said.contains("--against base"), "{said}");
    let spread = place.json("spread.json");
    let ids: Vec<_> = (1..=3).map(|run| place.json(&format!("base/run-{run}.json"))["run_id"].clone()).collect();
    let told = spread["runs"].as_array().expect("a list").iter().map(|run| run["run_id"].clone());
    assert_eq!(told.collect::<Vec<_>>(), ids);
    let values =
        (1..=3).map(|run| place.json(&format!("base/run-{run}.json"))["totals"]["response_us"]["mean"].clone());
    assert_eq!(spread["figures"][1]["values"], values.collect::<Value>(), "{spread}");
    assert!(place.read("spread.md").contains("Two runs differ by"));
    let found = support::browser::read(&place.read("spread.html"), 1280, READER);
    assert_eq!((&found["problems"], &found["drawn"]), (&serde_json::json!([]), &4.into()), "{found}");
    let baseline = || (1..=3).map(|run| place.read(&format!("base/run-{run}.json"))).collect::<Vec<_>>();
    let before = baseline();
    let own = place.throng(&[&run[..], &["3", "--against", "base", "--records", "./base"]].concat(), 2);
    assert!(own.contains("is a record to compare with, and would be replaced") && !own.contains("run-1: "), "{own}");
    assert_eq!(baseline(), before);
    let twice = place.throng(&[&run[..], &["3", "--against", "base", "--against", "base/run-1.json"]].concat(), 2);
    assert!(twice.contains("which was given twice") && !twice.contains("run-1: "), "{twice}");
    let idle = place.throng(&["run", "naps", "--pg", &url, "--min-change", "3%"], 2);
    assert!(idle.contains("`--min-change` does nothing without `--against RECORD`"), "{idle}");
    let against = ["--against", "base", "--min-change", "30%"];
    let said = place.throng(&[&run[..], &["3", "--out", "markdown=change.md"], &against[..]].concat(), 0);
    assert!(said.contains("new: 3 runs") && !said.contains("worse: "), "{said}");
    assert!(place.read("change.md").contains("naps, new against base: "));
    // What is printed can be followed, again and again, and leaves the baseline as it was.
    place.throng(&[&run[..], &["1"], &against[..]].concat(), 0);
    assert_eq!(baseline(), before);
    assert!(place.path().join(".throng/against/naps/run-1.json").is_file());
    // Slower for a reason that is no part of the plan: the server naps longer than it is asked to.
    let slower = NAPS.replace("pg_sleep($1::float8)", "pg_sleep($1::float8 * 3)");
    fs::write(place.path().join("naps.lua"), &slower).expect("it can be written");
    let refused = place.throng(&[&run[..], &["3"], &against[..]].concat(), 2);
    assert!(refused.contains("source of the scenario: "), "{refused}");
    assert!(!refused.contains("run-1: "), "it was refused before the load\n{refused}");
    let worse = place.throng(&[&run[..], &["3", "--even-if-unlike"], &against[..]].concat(), 3);
    assert!(worse.contains("  worse: throughput, response.mean"), "{worse}");
    // One run is a hint, and fails nothing.
    let hint =
        place.throng(&[&["compare", "base/run-1.json", "base/run-2.json", "--min-change", "30%"][..]].concat(), 0);
    assert!(hint.contains("no verdict: indicative"), "{hint}");

    let history = place.throng(&["history", ".", "--out", "html=history.html", "--out", "json=history.json"], 0);
    assert!(history.contains("naps"), "{history}");
    let lines = place.json("history.json")["lines"].clone();
    let counts: Vec<usize> =
        lines.as_array().expect("a list").iter().map(|line| line["runs"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(counts, [3, 3], "the runs of the other source are a line of their own\n{history}");
    let found = support::browser::read(&place.read("history.html"), 1280, READER);
    assert_eq!(found["problems"], serde_json::json!([]));
    assert_eq!(found["drawn"].as_u64(), found["charts"].as_array().map(|charts| charts.len() as u64), "{found}");
}

#[test]
fn an_interrupted_experiment_reports_what_there_is() {
    let place = Place::new();
    let url = support::postgres().url().reveal().to_owned();
    let arguments = ["ab", "naps", "--a", "--users 2", "--b", "--users 3", "--repeat", "4", "--pg", &url];
    let mut process =
        place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let told = BufReader::new(process.stderr.take().expect("it is piped")).lines();
    let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id"));
    let mut signalled = false;
    for line in told.map_while(Result::ok) {
        if !signalled && line.starts_with("a-2: ") && line.contains(" user") {
            kill(pid, Signal::SIGINT).expect("it is there");
            signalled = true;
        }
    }
    let output = process.wait_with_output().expect("it ends");
    assert!(signalled, "a-2 never said that it was played");
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    let comparison = place.json(".throng/ab/naps/comparison.json");
    assert_eq!(comparison["indicative"], true);
    assert_eq!(
        (&comparison["base"]["runs"].as_array().map(Vec::len), &comparison["verdict"]),
        (&Some(1), &"unclear".into())
    );
    assert!(said(&output).contains("no verdict: indicative"), "{}", said(&output));
}
