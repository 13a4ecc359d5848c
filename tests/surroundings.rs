//! What surrounds a run and may go wrong for it: its terminal, the files and pipes that reports go to, GitHub's runner.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::playing::Playing;
use tempfile::TempDir;

const OFFICE: &str = r#"
return {
  about = "people who read",
  load = { users = 2, iterations = 3 },
  personas = { reader = { operations = { read = function(user) end } } },
}
"#;

/// The same for as long as nobody ends it, with a last word.
const LASTING: &str = r#"
return {
  load = { users = 1, duration = "10m" },
  personas = { reader = { operations = { read = function(user) user:sleep("10ms") end } } },
  teardown = function() require("throng.log").warn("torn down") end,
}
"#;

/// A folder with a scenario, where commands run.
struct Place(TempDir);

impl Place {
    fn new(scenario: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("office.lua"), scenario).expect("it can be written");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.args(line.split(' ')).current_dir(self.path()).stdin(Stdio::null());
        for variable in ["DATABASE_URL", "REDIS_URL", "NO_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
            command.env_remove(variable);
        }
        command
    }

    fn throng(&self, line: &str) -> Output {
        self.command(line).output().expect("throng can be started")
    }

    /// The same on GitHub's runner, with that file for the step's summary.
    fn on_github(&self, line: &str, summary: &str) -> Output {
        let mut command = self.command(line);
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", summary);
        command.output().expect("throng can be started")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_run_whose_terminal_goes_ends_as_after_ctrl_c_with_its_record() {
    let mut playing = Playing::start(LASTING, &[]);
    playing.until_it_plays();
    // The system and the shell may both tell so; that is no hurry.
    playing.signal(Signal::SIGHUP);
    playing.signal(Signal::SIGHUP);
    let ended = playing.end().expect(130);
    assert_eq!(ended.record()["verdict"], "interrupted");
    assert!(ended.stderr.contains("torn down"), "{}", ended.stderr);
}

#[test]
fn a_run_that_is_to_outlive_its_terminal_does() {
    let place = Place::new(OFFICE);
    let program = env!("CARGO_BIN_EXE_throng");
    let script = format!("trap '' HUP; '{program}' run office.lua --duration 2s --out json=run.json & sleep 0; wait");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(place.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut shell = shell.spawn().expect("a shell can be started");
    let told = shell.stderr.take().expect("it is piped");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(told)).map_while(Result::ok);
    assert!(lines.any(|line| line.contains(" user")), "it plays");
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", shell.id())).expect("it has a child");
    let pid: i32 = children.trim().parse().expect("one process id");
    kill(Pid::from_raw(pid), Signal::SIGHUP).expect("it is there");
    lines.for_each(drop);
    shell.wait().expect("it ends");
    assert!(place.read("run.json").contains("\"verdict\": \"passed\""));
}

#[test]
fn a_report_that_nobody_takes_can_be_ended() {
    let place = Place::new(OFFICE);
    nix::unistd::mkfifo(&place.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe can be made");
    let mut process = place.command("run office.lua --out json=pipe");
    let mut process = process.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    // The report has been printed, and what comes next waits for a reader of the pipe.
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(process.stdout.take().expect("it is piped")));
    assert!(lines.any(|line| line.is_ok_and(|line| line.contains("passed (exit status 0)"))));
    let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id"));
    // Two that come close together count as one.
    while process.try_wait().expect("it is a child").is_none() {
        kill(pid, Signal::SIGINT).expect("it is there until it was waited for");
        std::thread::yield_now();
    }
    assert_eq!(process.wait().expect("it has ended").code(), Some(130));
}

#[test]
fn a_report_on_standard_output_stands_there_alone() {
    let place = Place::new(OFFICE);
    let alone = |line: &str| {
        let output = place.throng(line);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}"));
        (value, said)
    };
    let (record, said) = alone("run office.lua --out json=/dev/stdout");
    assert_eq!(record["verdict"], "passed");
    assert!(said.contains("Verdict"), "the report is still told: {said}");
    fs::write(place.path().join("a.json"), record.to_string()).expect("it can be written");
    let played = place.throng("run office.lua --out json=b.json");
    assert_eq!(played.status.code(), Some(0), "{}", text(&played.stderr));
    alone("compare a.json b.json --out json=/dev/stdout");
    alone("report a.json --out json=/dev/stdout");
    // What stands in the file of standard output is not written over.
    fs::write(place.path().join("all"), "before\n").expect("it can be written");
    let file = fs::OpenOptions::new().append(true).open(place.path().join("all")).expect("it is there");
    let mut command = place.command("report a.json --out csv=/dev/stdout --out markdown=/dev/stdout");
    assert!(command.stdout(file).status().expect("it starts").success());
    let all = place.read("all");
    assert!(all.starts_with("before\npersona,") && all.contains("\n# "), "{all}");
}

#[test]
fn no_report_takes_the_place_of_what_is_read_or_of_another() {
    let place = Place::new(OFFICE);
    fs::create_dir(place.path().join("kept")).expect("it can be made");
    let played = place.throng("run office.lua --out json=a.json --out json=kept/b.json");
    assert_eq!(played.status.code(), Some(0), "{}", text(&played.stderr));
    fs::write(place.path().join("throng.toml"), "").expect("it can be written");
    std::os::unix::fs::symlink("a.json", place.path().join("link.json")).expect("it can be linked");
    let files = ["office.lua", "throng.toml", "a.json", "kept/b.json"];
    let before = files.map(|file| place.read(file));
    for (line, taken) in [
        ("report a.json --out text=a.json", "a.json"),
        ("report a.json --out text=./kept/../a.json", "a.json"),
        ("report link.json --out html=a.json", "link.json"),
        ("compare a.json kept --out html=kept/b.json", "kept/b.json"),
        ("history kept --out html=kept/b.json", "kept/b.json"),
        ("run office --out json=office.lua", "office.lua"),
        ("run office.lua --out json=throng.toml", "throng.toml"),
        ("ab office.lua --repeat 1 --out json=office.lua", "office.lua"),
        ("run office.lua --out json=new.json --out junit=./new.json", "two reports would go to `./new.json`"),
    ] {
        let output = place.throng(line);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {said}");
        assert!(said.contains(taken) && said.contains("a file of its own"), "{line}: {said}");
    }
    assert_eq!(files.map(|file| place.read(file)), before);
}

#[test]
fn a_summary_that_cannot_be_written_is_a_warning_and_none_is_none() {
    let place = Place::new(OFFICE);
    let output = place.on_github("run office.lua --quiet", "");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let output = place.on_github("run office.lua --quiet", "no/summary.md");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.starts_with("warning: the step's summary lacks this report: `no/summary.md`"), "{said}");
}

#[test]
fn each_of_several_runs_is_annotated_and_all_of_them_end_with_a_verdict() {
    let rule = "thresholds = { \"errors.count > 3\" },\n  about";
    let place = Place::new(&OFFICE.replace("about", rule));
    let error = "::error title=office%3A errors.count > 3::";
    let output = place.on_github("run office.lua --quiet --repeat 2", "");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(said.matches(error).count(), 2, "{said}");
    assert!(said.ends_with("Verdict\n  failed: run-1, run-2 (exit status 3)\n"), "{said}");
    let suite = "[[runs]]\nname = \"one\"\nscenario = \"office.lua\"\n";
    fs::write(place.path().join("two.toml"), suite).expect("it can be written");
    let output = place.on_github("suite two.toml --quiet", "summary.md");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}{}", text(&output.stderr));
    assert_eq!(said.matches(error).count(), 1, "{said}");
    assert!(place.read("summary.md").starts_with("# two: failed"), "{}", place.read("summary.md"));
}

#[test]
fn a_throwaway_server_starts_where_no_path_leads_to_anything() {
    let postgres = OFFICE.replace("about", "needs = { \"postgres\" },\n  about");
    let place = Place::new(&postgres.replace("function(user) end", "function(user) user.pg:value(\"SELECT 1\") end"));
    let mut command = place.command("run office.lua --quiet");
    let output = command.env_clear().env("PATH", "/nonexistent").output().expect("throng can be started");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_mark_in_front_of_a_scenario_is_passed_over_as_lua_does() {
    let place = Place::new(&format!("\u{feff}{OFFICE}"));
    let output = place.throng("check office.lua");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_name_that_is_no_report_is_told_all_that_there_are() {
    let output = Place::new(OFFICE).throng("run office.lua --out foo=x");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("`hdr`, `prometheus`, `otlp`"), "{said}");
}

#[test]
fn an_interrupted_run_is_no_part_of_the_baseline_that_is_offered() {
    let place = Place::new(LASTING);
    let mut process = place.command("run office.lua --repeat 3 --duration 1s");
    let mut process = process.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let pid = Pid::from_raw(i32::try_from(process.id()).expect("a process id"));
    let told = std::io::BufReader::new(process.stderr.take().expect("it is piped"));
    let mut signalled = false;
    for line in std::io::BufRead::lines(told).map_while(Result::ok) {
        if !signalled && line.starts_with("run-2: ") && line.contains(" user") {
            kill(pid, Signal::SIGINT).expect("it is there");
            signalled = true;
        }
    }
    let output = process.wait_with_output().expect("it ends");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let offered = said.lines().find_map(|line| line.strip_prefix("to hold later runs against them: "));
    assert_eq!(offered, Some("--against .throng/runs/office/run-1.json"), "{said}");
    assert!(place.path().join(".throng/runs/office/run-2.json").is_file(), "what was measured is kept");
    assert!(said.ends_with("Verdict\n  interrupted: run-2 (exit status 130)\n"), "{said}");
}
