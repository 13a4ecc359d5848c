//! Every bundled scenario and example plays against real servers, and `verify` sees what was tampered with.

mod support;

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::celery::Worker;
use support::scenarios::{Page, Play, Tampering, bundled};
use support::some_at_a_time::some_at_a_time;
use throng::plan::Limits;
use throng::plan::scenario::{Need, TargetKind};
use throng::script::{self, Source};
use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

/// The binary, from the project's folder, without the configuration of the machine.
fn throng(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    command.output().expect("the binary was built with this test")
}

/// Asserts the exit status, showing what the program said if it is another.
fn expect_status(args: &[&str], status: i32) -> Output {
    let output = throng(args);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(status), "{args:?}\n{}\n{}", said(&output.stdout), said(&output.stderr));
    output
}

/// How many plays go on at a time in one test: much of each is waiting, for servers to start and for phases to pass.
const AT_A_TIME: usize = 2;

/// Plays each scenario, by name or file, in its `quick` profile, against servers that throng starts.
fn play_all(scenarios: Vec<String>) {
    assert!(!scenarios.is_empty());
    some_at_a_time(
        AT_A_TIME,
        scenarios,
        || (),
        |(), scenario| {
            let scenario = scenario.as_str();
            let play = Page::of(scenario).play;
            let redis = play.celery.then(|| ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts"));
            let _worker = redis.as_ref().map(|redis| Worker::start(redis.url().reveal()));
            let redis = redis.as_ref().map(|redis| format!("--redis={}", redis.url().reveal()));
            let further: Vec<&str> = play.arguments.iter().chain(&redis).map(String::as_str).collect();
            expect_status(&["check", scenario], 0);
            expect_status(&[&["rehearse", scenario, "--profile", "quick"], further.as_slice()].concat(), 0);
            expect_status(&[&["run", scenario, "--profile", "quick", "--quiet"], further.as_slice()].concat(), 0);
        },
    );
}

/// Copies a folder with all that is in it.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a temporary folder can be filled");
    for entry in fs::read_dir(from).expect("the folder is part of the project") {
        let path = entry.expect("the folder can be listed").path();
        let copy = to.join(path.file_name().expect("it was listed"));
        if path.is_dir() {
            copy_folder(&path, &copy);
        } else {
            fs::copy(&path, &copy).expect("the file can be copied");
        }
    }
}

/// A scenario that is a bundled one, but whose data are changed by `lua` between the load and `verify`.
fn tampered(scenario: &str, lua: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts"), folder.path());
    let original = folder.path().join(scenario);
    let file = original.with_file_name("tampered.lua");
    let name = original.file_name().expect("a scenario has a name").to_string_lossy().into_owned();
    let text = format!(
        r#"local scenario = require("{name}")
           local verify = scenario.verify
           scenario.verify = function(ctx)
             {lua}
             verify(ctx)
           end
           return scenario"#
    );
    fs::write(&file, text).expect("the scenario can be written");
    (folder, file)
}

/// The targets of a scenario, or of a file made of it.
fn needs(scenario: &str) -> Vec<Need> {
    let path = format!("scripts/{scenario}.lua");
    let source = Source::file(Path::new(scenario)).or_else(|_| Source::file(Path::new(&path)));
    let loaded = script::load(&source.expect("it was found"), Limits::default().memory_bytes).expect("it loads");
    loaded.scenario.needs
}

/// A PostgreSQL and a Redis for many runs, and a Celery worker where one is needed.
struct Servers {
    worker: OnceCell<Worker>,
    postgres: ThrowawayPostgres,
    redis: ThrowawayRedis,
}

impl Servers {
    fn start() -> Self {
        let postgres = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
        let redis = ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts");
        Self { worker: OnceCell::new(), postgres, redis }
    }

    /// Plays a scenario, or a file made of it, in its `quick` profile, against the servers that it needs.
    fn play(&self, scenario: &str, play: &Play, further: &[&str], status: i32) -> Output {
        if play.celery {
            self.worker.get_or_init(|| Worker::start(self.redis.url().reveal()));
        }
        let mut args = vec!["run".to_owned(), scenario.to_owned(), "--profile=quick".to_owned()];
        // Where a scenario needs another one of a kind, throng starts it.
        args.extend(needs(scenario).iter().filter_map(|need| match (need.kind, need.name.as_str()) {
            (TargetKind::Postgres, "postgres") => Some(format!("--pg={}", self.postgres.url().reveal())),
            (TargetKind::Redis, "redis") => Some(format!("--redis={}", self.redis.url().reveal())),
            _ => None,
        }));
        let args: Vec<&str> =
            args.iter().chain(&play.arguments).map(String::as_str).chain(further.iter().copied()).collect();
        expect_status(&args, status)
    }
}

#[test]
fn every_bundled_scenario_plays_and_verifies() {
    play_all(bundled());
}

#[test]
fn scenarios_play_and_verify_however_their_statements_travel() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let notes = folder.path().join("notes.lua");
    fs::copy(root.join("templates/scenario.lua"), &notes).expect("the template can be copied");
    let notes = notes.to_str().expect("temporary folders are UTF-8");
    let mut scenarios = bundled();
    scenarios.extend([notes, "examples/transfer.lua", "examples/cache_aside.lua"].map(str::to_owned));
    // Where no statement travels there is nothing to see.
    scenarios.retain(|scenario| needs(scenario).iter().any(|need| need.kind == TargetKind::Postgres));
    assert!(!scenarios.is_empty());
    let all = ["simple", "unnamed"].map(|statements| scenarios.iter().map(move |scenario| (scenario, statements)));
    let all = all.into_iter().flatten().collect();
    some_at_a_time(AT_A_TIME, all, Servers::start, |servers, (scenario, statements)| {
        servers.play(scenario, &Page::of(scenario).play, &["--quiet", "--statements", statements], 0);
    });
}

#[test]
fn every_example_plays_and_verifies() {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).expect("there are examples");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path().display().to_string());
    play_all(paths.filter(|path| path.ends_with(".lua")).collect());
}

#[test]
fn a_bundled_scenario_in_a_folder_finds_its_parts_on_disk_as_in_the_binary() {
    expect_status(&["check", "bench/ycsb_redis"], 0);
    expect_status(&["check", "scripts/bench/ycsb_redis.lua"], 0);
    let output = expect_status(&["run", "ycsb_redis"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("hint: there is `bench/ycsb_redis`"));
    let output = expect_status(&["run", "bench/parts/ycsb"], 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no scenario"));
}

#[test]
fn verify_finds_what_was_tampered_with() {
    let scenarios = bundled();
    assert!(!scenarios.is_empty());
    some_at_a_time(AT_A_TIME, scenarios, Servers::start, |servers, scenario| {
        let Page { play, case } = Page::of(&scenario);
        assert!(!case.is_empty(), "{scenario}: nothing is tampered with");
        for Tampering { lua, arguments, finds } in case {
            let (_folder, file) = tampered(&scenario, &lua);
            let path = file.to_str().expect("temporary paths are UTF-8");
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let output = servers.play(path, &play, &arguments, 3);
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            // Where the report breaks its lines depends on the length of the path.
            let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&finds), "{scenario}: `{finds}` is not named:\n{said}");
        }
    });
}
