//! `--tui` on a terminal of its own, against a real PostgreSQL: what it shows, what keys do, how it leaves the terminal.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::pty::{Left, Pty};

const SCENARIO: &str = r#"
local log = require("throng.log")
return {
  about = "Looks things up.",
  needs = { "postgres" },
  personas = {
    reader = { think = "20ms", start = function() log.info("come") end, operations = {
      look = { weight = 3, run = function(user) user.pg:value("select pg_sleep(0.001)") end },
      fail = { weight = 1, run = function(user) user:check(false, "as planned") end },
    } },
  },
}
"#;

/// A run of the scenario with `--tui` on a terminal of this size, and the folder that its record goes to.
fn playing(columns: u16, lines: u16, arguments: &[&str]) -> (Pty, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("looks.lua");
    std::fs::write(&file, SCENARIO).unwrap();
    let (file, record) = (file.display().to_string(), format!("json={}", folder.path().join("record.json").display()));
    let all = [&["run", &file, "--tui", "--out", &record], arguments].concat();
    (Pty::start(columns, lines, &throng(), &all, &[]), folder)
}

fn throng() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_throng")).to_owned()
}

fn record(folder: &tempfile::TempDir) -> Value {
    serde_json::from_slice(&std::fs::read(folder.path().join("record.json")).expect("there is a record")).unwrap()
}

fn ended(pty: Pty, status: i64) -> Left {
    let mut left = pty.end();
    let (text, as_told) = (left.text(), left.status);
    assert_eq!(as_told, status, "{text}");
    left.assert_clean();
    left
}

#[test]
fn a_run_is_shown_steered_resized_and_stopped_and_leaves_a_clean_terminal_with_its_report() {
    let (mut pty, folder) = playing(130, 40, &["--users", "10", "--duration", "1h"]);
    pty.until_it_shows("10 users");
    pty.until("the alternate screen", |screen| screen.alternate_screen() && screen.hide_cursor());
    for shown in ["looks", "10 users", "look", "check failed", "postgres", "looks.lua:7: come", "pause", "Throughput"] {
        pty.until_it_shows(shown);
    }
    // Of what the server's sessions do, told by the monitor.
    pty.until_it_shows("Timeout:PgSleep");
    pty.press("+");
    pty.until_it_shows("users 10 → 11");
    pty.until_it_shows("11 users");
    pty.press("p");
    pty.until_it_shows("paused: p goes on");
    pty.until_it_shows(" 0/s");
    pty.press("p");
    pty.until_it_shows("resumed at");
    pty.press("?");
    pty.until_it_shows("Keys");
    pty.press("?");
    pty.until_it_shows("Pools");
    pty.press("\t\r");
    pty.until("nothing but the chart", |screen| !screen.contents().contains("Pools"));
    // A key that comes while the terminal is resized is a key like any other.
    pty.press("\r");
    for (columns, lines) in [(60, 12), (1, 1), (20, 3), (80, 24)] {
        pty.resize(columns, lines);
    }
    pty.until_it_shows("Operations");
    pty.press("q");
    let mut left = ended(pty, 130);
    let text = left.text();
    for told in ["looks.lua:7: come", "by hand: users 10 → 11 at ", "interrupted"] {
        assert!(text.contains(told), "{told}:\n{text}");
    }
    let record = record(&folder);
    let what: Vec<_> = record["steering"].as_array().unwrap().iter().map(|change| change["what"].clone()).collect();
    assert_eq!(what, ["users", "paused", "resumed"]);
    let names: Vec<_> = record["phases"].as_array().unwrap().iter().map(|phase| phase["name"].clone()).collect();
    assert_eq!(names[..3], ["main", "paused", "main"]);
}

#[test]
fn a_run_that_comes_to_its_end_leaves_a_clean_terminal() {
    let (mut pty, folder) = playing(100, 30, &["--users", "2", "--duration", "1s"]);
    pty.until_it_shows("2 users");
    ended(pty, 0);
    assert_eq!(record(&folder)["steering"], serde_json::json!([]));
}

#[test]
fn signals_and_control_c_end_a_run_and_leave_a_clean_terminal() {
    for end in ["SIGTERM", "\u{3}"] {
        let (mut pty, _folder) = playing(100, 30, &["--users", "2", "--duration", "1h"]);
        pty.until_it_shows("2 users");
        match end {
            "SIGTERM" => pty.signal(end),
            keys => pty.press(keys),
        }
        ended(pty, 130);
    }
}

#[test]
fn an_error_leaves_a_clean_terminal_and_is_told() {
    let (pty, _folder) =
        playing(100, 30, &["--users", "2", "--duration", "1s", "--pg", "postgres://127.0.0.1:1/nothing"]);
    let mut left = ended(pty, 1);
    assert!(left.text().contains("error:"), "{}", left.text());
}

#[test]
fn without_colours_none_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("looks.lua");
    std::fs::write(&file, SCENARIO).unwrap();
    let arguments = ["run", &file.display().to_string(), "--tui", "--users", "2", "--duration", "1h"];
    for (colours, environment) in [(false, &[("NO_COLOR", "1")][..]), (true, &[])] {
        let mut pty = Pty::start(100, 30, &throng(), &arguments, environment);
        pty.until_it_shows("check failed");
        let coloured = |screen: &vt100::Screen| {
            (0..30).any(|y| (0..100).any(|x| screen.cell(y, x).is_some_and(|c| c.fgcolor() != vt100::Color::Default)))
        };
        pty.until("colours, or none", |screen| coloured(screen) == colours);
        pty.press("q");
        ended(pty, 130);
    }
}

#[test]
fn without_a_terminal_it_is_refused_with_a_hint() {
    let output = std::process::Command::new(throng()).args(["run", "membership", "--tui"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.starts_with("error: `--tui` shows the run on a terminal, and standard output is none\nhint: "),
        "{told}"
    );
}

/// Not a test: what the next one has play on a terminal, in a process of its own.
#[test]
fn a_child_that_panics() {
    use throng::cli::Screen;
    if std::env::var_os("THRONG_TEST_PANICS").is_none() {
        return;
    }
    let screen = Screen::open(throng::engine::Steering::default(), true).unwrap_or_else(|error| panic!("{error}"));
    // On another thread, as in a worker, while the screen is being drawn.
    let panicked = std::thread::spawn(|| panic!("as planned")).join();
    assert!(panicked.is_err());
    drop(screen);
}

#[test]
fn a_panic_leaves_a_clean_terminal_and_is_told() {
    let this = std::env::current_exe().unwrap();
    let arguments = ["--exact", "a_child_that_panics", "--nocapture"];
    let pty = Pty::start(100, 30, &this, &arguments, &[("THRONG_TEST_PANICS", "1")]);
    let mut left = ended(pty, 0);
    let text = left.text();
    assert!(text.contains("panicked at") && text.contains("as planned"), "{text}");
}
