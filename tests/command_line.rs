//! What the process does as a whole: statuses, streams, files and layers, on scenarios that need no server.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const OFFICE: &str = r#"
return {
  about = "people who read",
  params = { pages = { default = 3, doc = "pages" } },
  load = { users = 2, iterations = 3 },
  personas = { reader = { operations = { read = function(user) user:check(user.params.pages > 0, "pages") end } } },
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

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("it can be written");
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.args(line.split(' ')).current_dir(self.path());
        for variable in ["DATABASE_URL", "REDIS_URL", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command
    }

    fn throng(&self, line: &str) -> Output {
        self.command(line).output().expect("throng can be started")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_run_that_passes_ends_with_0_and_a_report() {
    let place = Place::new(OFFICE);
    let output = place.throng("run office --out json=run.json --out markdown=run.md");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("passed"));
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.path().join("run.json")).expect("a record")).expect("JSON");
    assert_eq!((&record["verdict"], &record["exit_code"]), (&"passed".into(), &0.into()));
    assert_eq!(record["totals"]["succeeded"], 6);
    assert!(place.path().join("run.md").is_file());
}

#[test]
fn a_threshold_that_fails_ends_with_3() {
    let output = Place::new(OFFICE).throng("run office --threshold throughput>1000000/s");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
}

#[test]
fn a_budget_holds_besides_the_thresholds_and_is_told_apart() {
    let place = Place::new(&OFFICE.replace("about =", "thresholds = { \"errors.rate < 1%\" },\n  about ="));
    place.write(
        "throng.toml",
        "budget = ['iterations.succeeded == 6']\n[scenarios.office]\nbudget = ['errors.count > 3']\n",
    );
    let run = |line: &str| {
        let output = place.throng(&format!("run office -q --out json=run.json --out junit=run.xml {line}"));
        let record: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(place.path().join("run.json")).expect("a record")).expect("JSON");
        let rules = record["thresholds"].as_array().expect("a list").clone();
        let rule =
            |rule: &serde_json::Value| (rule["rule"].as_str().unwrap_or_default().to_owned(), rule["budget"] == true);
        (output.status.code(), text(&output.stdout), record, rules.iter().map(rule).collect::<Vec<_>>())
    };
    let (status, said, record, rules) = run("--budget iterations.failed<1");
    assert_eq!(status, Some(3), "{said}");
    let of = |rule: &str, budget| (rule.to_owned(), budget);
    let (own, file, flag) = ("errors.rate < 1%", "errors.count > 3", "iterations.failed<1");
    assert_eq!(rules, [of(own, false), of(file, true), of(flag, true)]);
    assert_eq!(record["reasons"], serde_json::json!(["budget `errors.count > 3` failed"]));
    let (thresholds, budget) = said.split_once("\nBudget\n").expect("a section of its own");
    assert!(thresholds.contains(own) && budget.contains(file) && budget.contains(flag), "{said}");
    let cases = fs::read_to_string(place.path().join("run.xml")).expect("test cases");
    assert!(cases.contains(r#"<testsuite name="office: budget" tests="2""#), "{cases}");
    place.write("throng.toml", "budget = ['iterations.succeeded == 6']\n");
    let (status, said, ..) = run("--seed 1");
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn rules_on_personas_that_are_left_out_are_not_shown_as_if_they_held() {
    let place = Place::new(&OFFICE.replace("reader = {", "clerk = { run = function() end },\n    reader = {"));
    let rule = "response{persona=clerk}.p95 < 1s";
    place.write(
        "throng.toml",
        &format!("[scenarios.office]\nthresholds = ['{rule}']\nbudget = ['{rule}', 'errors.rate < 1%']\n"),
    );
    let shown = |line: &str| {
        let output = place.throng(line);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(shown("check office").matches(rule).count(), 2);
    let left = shown("check office --persona reader");
    assert!(!left.contains(rule) && left.contains("errors.rate < 1%"), "{left}");
}

#[test]
fn a_rehearsal_ends_with_the_status_of_what_failed() {
    let verify = |body: &str| OFFICE.replace("about =", &format!("verify = function(ctx) {body} end,\n  about ="));
    for (scenario, status) in [
        (verify("ctx:check(true, 'all there')"), 0),
        (verify("ctx:check(false, 'a page is missing')"), 3),
        (verify("ctx.no.such = 1"), 1),
        (verify("ctx:check(false, 'a page is missing')").replace("pages > 0", "pages > 9"), 1),
    ] {
        let output = Place::new(&scenario).throng("rehearse office");
        assert_eq!(output.status.code(), Some(status), "{}", text(&output.stdout));
    }
}

#[test]
fn a_script_bug_ends_with_1_and_a_record() {
    let place = Place::new(&OFFICE.replace("user.params.pages > 0", "user.params.page.number"));
    let output = place.throng("run office -q --out json=run.json");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).starts_with("error: "), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("office.lua:6"), "{}", text(&output.stderr));
    let record = fs::read_to_string(place.path().join("run.json")).expect("a record");
    assert!(record.contains("\"verdict\": \"aborted\""));
}

#[test]
fn a_hint_is_shown_once_and_on_a_line_of_its_own() {
    for (scenario, hint) in [
        ("return { persona = {} }", "did you mean `personas`?"),
        ("require('throng.pgg')", "did you mean `throng.pg`?"),
        ("io.open('x')", "read and write files"),
        ("total = 1", "write `local total"),
        ("return { load = { users = 'x' }, personas = { p = { run = function() end, wight = 1 } } }", ""),
    ] {
        let output = Place::new(scenario).throng("check office");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("\nhint: {hint}")) || hint.is_empty(), "{scenario}: {said}");
        assert!(said.matches("hint: ").count() <= 1, "{scenario}: {said}");
    }
}

/// What a run says of an operation that does `work`.
fn complaint(work: &str) -> String {
    let scenario = format!(
        "local x = {{}}\nreturn {{ load = {{ users = 1, iterations = 1, memory_limit = \"16MB\" }},\n\
         personas = {{ p = {{ operations = {{\no = function(user)\n{work}\nend }} }} }} }}"
    );
    let output = Place::new(&scenario).throng("run office --quiet");
    assert_eq!(output.status.code(), Some(1), "{work}: {}", text(&output.stderr));
    text(&output.stderr)
}

#[test]
fn a_bug_is_placed_even_where_lua_knows_no_place() {
    for (work, place) in [
        ("return user:sleep({})", "office.lua:4: "),
        ("while true do end", "office.lua:5: "),
        ("for i = 1, math.huge do x[i] = ('x'):rep(1000) .. i end", "office.lua:4: out of memory"),
    ] {
        let said = complaint(work);
        assert!(said.contains(place), "{work}: {said}");
    }
}

#[test]
fn a_rehearsal_of_a_flow_shows_its_operations_and_does_not_think() {
    let flow = r#"return { load = { users = 1, iterations = 1 }, personas = { p = { run = function(user)
      user:operation("open", function() end)
      user:think("1h")
      user:operation("close", function() error({ kind = "shut", message = "too late" }) end)
    end } } }"#;
    let output = Place::new(flow).throng("rehearse office");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("  open: ") && said.contains("  close: failed"), "{said}");
    assert_eq!(said.matches("too late").count(), 1, "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_ends_with_1() {
    let output = Place::new(OFFICE).throng("run office -q --out json=/dev/full");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/dev/full"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("passed"), "the report goes where it can go");
}

#[test]
fn a_report_that_has_no_place_ends_with_2_before_the_run() {
    let place = Place::new(OFFICE);
    for (out, reason) in [("json=-", "write `json=/dev/stdout`"), ("json=.", "directory"), ("json=no/x", "mkdir -p no")]
    {
        let output = place.throng(&format!("run office -q --out {out}"));
        assert_eq!(output.status.code(), Some(2), "{out}");
        assert!(text(&output.stderr).contains(reason), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new(OFFICE);
    for line in ["run office -q", "list", "check office", "--help"] {
        let mut child =
            place.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("throng can be started");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{line}");
    }
}

#[test]
fn quiet_shows_nothing_but_the_report_and_a_pipe_gets_no_colour() {
    let output = Place::new(OFFICE).throng("run office --quiet");
    assert_eq!(text(&output.stderr), "");
    assert!(!text(&output.stdout).contains('\u{1b}'));
}

#[test]
fn without_a_terminal_progress_is_one_line_an_interval() {
    let output = Place::new(OFFICE).throng("run office");
    let progress = text(&output.stderr);
    assert!(progress.lines().any(|line| line.contains("p95")), "{progress}");
    assert!(!progress.contains('\r'), "{progress}");
}

#[test]
fn each_layer_is_stronger_than_the_one_before() {
    let place = Place::new(OFFICE);
    let inner = place.path().join("inner");
    fs::create_dir(&inner).expect("it can be made");
    fs::copy(place.path().join("office.lua"), inner.join("office.lua")).expect("it can be copied");
    let users = |line: &str, variable: Option<&str>| {
        let mut command = place.command(line);
        command.current_dir(&inner);
        if let Some(users) = variable {
            command.env("THRONG_USERS", users);
        }
        let output = command.output().expect("throng can be started");
        let plan = text(&output.stdout);
        let row = plan.lines().find(|line| line.starts_with("users ")).unwrap_or_default();
        row.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(users("check office", None), "2 the scenario");
    place.write("throng.toml", "users = 3");
    assert_eq!(users("check office", None), "3 throng.toml");
    place.write(".env", "THRONG_USERS=4");
    assert_eq!(users("check office", None), "4 the environment");
    assert_eq!(users("check office", Some("5")), "5 the environment");
    assert_eq!(users("check office --users 6", Some("5")), "6 the command line");
}

#[test]
fn a_variable_that_means_nothing_ends_with_2() {
    let output = Place::new(OFFICE).command("check office").env("THRONG_USRES", "5").output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean `THRONG_USERS`?"));
}

#[test]
fn a_password_on_the_command_line_is_never_shown() {
    let scenario = OFFICE.replace("about =", "needs = { \"postgres\" },\n  about =");
    let place = Place::new(&scenario);
    let checked = place.throng("check office --pg postgres://me:hunter2@127.0.0.1:1/app");
    assert!(text(&checked.stdout).contains("postgres://me:***@127.0.0.1:1/app"), "{}", text(&checked.stdout));
    let run = place.throng("run office --pg postgres://me:hunter2@127.0.0.1:1/app --out json=run.json");
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let record = fs::read_to_string(place.path().join("run.json")).expect("a record of nothing");
    for shown in [text(&checked.stdout), text(&run.stdout), text(&run.stderr), record] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn a_password_in_a_slip_of_the_command_line_is_never_shown() {
    let place = Place::new(OFFICE);
    for slip in [
        "run office --out http://me:hunter2@127.0.0.1:4318",
        "run office postgres://me:hunter2@127.0.0.1:1/app",
        "run postgres://me:hunter2@127.0.0.1:1/app",
        "run office --users postgres://me:hunter2@127.0.0.1:1/app",
        "ab office --a postgres://me:hunter2@127.0.0.1:1/app",
    ] {
        let wrong = place.throng(slip);
        assert_eq!(wrong.status.code(), Some(2), "{slip}: {}", text(&wrong.stderr));
        let said = text(&wrong.stderr) + &text(&wrong.stdout);
        assert!(said.contains("://me:***@127.0.0.1") && !said.contains("hunter2"), "{slip}: {said}");
    }
}
