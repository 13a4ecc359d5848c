//! What goes wrong with PostgreSQL and under the record: a target that is not there, refuses or dies, a full disk.
//!
//! Each gets one clear error, the right exit status, and a record of what was measured so far.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;

use support::playing::Playing;
use throng::drivers::postgres::{Connection, Param};
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

const SELECTS: &str = r#"
return {
  needs = { "postgres" },
  load = { users = 4, duration = "5s", think = "10ms", acquire_timeout = "500ms" },
  personas = { reader = { operations = { one = function(user) user.pg:value("SELECT 1") end } } },
}
"#;

#[test]
fn users_reconnect_when_postgres_is_killed_and_restarted_in_mid_run() {
    let mut server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let mut playing = Playing::start(SELECTS, &["--pg", server.url().reveal()]);
    playing.until_it_plays();
    server.kill();
    server.restart().expect("PostgreSQL starts again");
    let ended = playing.end().expect(0);
    let record = ended.record();
    assert!(ended.errors("connection lost") > 0, "{}", record["errors"]);
    assert!(record["pools"][0]["reconnects"].as_u64() > Some(0), "{}", record["pools"]);
    let first = &record["findings"][0];
    assert_eq!(first["id"], "lost_connections", "{first}");
    let intervals = record["intervals"].as_array().expect("`intervals` is a list");
    // The last may be no more than the moment in which the users left.
    let last = intervals.iter().rev().take(2);
    assert!(last.map(|interval| interval["operations_succeeded"].as_u64()).max().flatten() > Some(0), "{intervals:?}");
}

#[test]
fn a_postgres_that_does_not_come_back_is_lost_for_good() {
    let mut server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let mut playing = Playing::start(SELECTS, &["--pg", server.url().reveal(), "--duration", "3s"]);
    playing.until_it_plays();
    server.kill();
    let ended = playing.end().expect(1);
    assert!(ended.stderr.contains("error: a target was lost for good: target `postgres`"), "{}", ended.stderr);
    let record = ended.record();
    assert_eq!((&record["verdict"], &record["exit_code"]), (&"aborted".into(), &1.into()));
    assert!(record["totals"]["succeeded"].as_u64() > Some(0) && record["totals"]["failed"].as_u64() > Some(0));
    let first = &record["findings"][0];
    assert_eq!(
        (&first["id"], &first["title"]),
        (&"lost_connections".into(), &"postgres could not be reached for a time".into())
    );
}

#[test]
fn a_postgres_that_hangs_until_the_end_does_not_keep_the_run_from_its_own() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let limits =
        ["--statement-timeout", "500ms", "--connect-timeout", "1s", "--graceful-stop", "1s", "--explain", "all"];
    let url = server.url();
    let arguments = [&["--pg", url.reveal(), "--duration", "3s"][..], &limits].concat();
    let mut playing = Playing::start(SELECTS, &arguments);
    playing.until_it_plays();
    server.pause();
    // Should it not end, that ends it, and it has no status then.
    let process = nix::unistd::Pid::from_raw(playing.process.id() as i32);
    let (over, waits) = std::sync::mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        if waits.recv_timeout(Duration::from_secs(150)) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = nix::sys::signal::kill(process, Signal::SIGKILL);
        }
    });
    let ended = playing.end();
    drop(over);
    watchdog.join().expect("it has nothing to fail at");
    server.resume();
    let ended = ended.expect(1);
    let record = ended.record();
    assert!(record["totals"]["succeeded"].as_u64() > Some(0) && ended.errors("timeout") > 0, "{}", record["errors"]);
    let sources = record["monitor"]["sources"].as_array().expect("`sources` is a list");
    let postgres = sources.iter().find(|source| source["kind"] == "postgres").expect("it was watched");
    assert!(postgres["missing"].to_string().contains("the last look failed"), "{}", postgres["missing"]);
    assert!(ended.stderr.contains("a target was lost for good"), "{}", ended.stderr);
}

#[test]
fn a_postgres_that_is_not_there_is_one_error_before_any_load() {
    let ended = Playing::start(SELECTS, &["--pg", "postgres://me:secret@127.0.0.1:1/none"]).end().expect(1);
    assert_eq!(ended.stderr.matches("error:").count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("target `postgres`") && ended.stderr.contains("127.0.0.1:1"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    assert_eq!(ended.record()["totals"]["offered"], 0);
}

#[test]
fn a_wrong_password_is_refused_at_once_and_shown_nowhere() {
    let options = PostgresOptions { password: Some("right".to_owned()), ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url().reveal().replace("right", "hunter2");
    let ended = Playing::start(SELECTS, &["--pg", &url]).end().expect(1);
    assert!(ended.stderr.contains("password authentication failed"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("hunter2") && !ended.record().to_string().contains("hunter2"));
}

#[test]
fn a_statement_that_cannot_be_prepared_is_counted_by_its_sqlstate() {
    let scenario = SELECTS.replace("SELECT 1", "SELECT nothing FROM nowhere");
    let url = support::postgres().url();
    let ended = Playing::start(&scenario, &["--pg", url.reveal(), "--duration", "300ms"]).end().expect(1);
    let errors = &ended.record()["errors"];
    assert_eq!(errors[0]["class"], "sqlstate 42P01 undefined_table", "{errors}");
    assert!(errors[0]["first_message"].as_str().is_some_and(|message| message.contains("nowhere")), "{errors}");
    assert_eq!(errors.as_array().map(Vec::len), Some(1));
}

#[test]
fn users_that_get_no_connection_fail_with_a_pool_timeout_and_their_waiting_counts() {
    let scenario = r#"
      return {
        needs = { "postgres" },
        load = { users = 3, iterations = 1, connections = 1, workers = 1, acquire_timeout = "200ms" },
        personas = { holder = { operations = { hold = function(user) user.pg:value("SELECT pg_sleep(0.7)") end } } },
      }"#;
    let ended = Playing::start(scenario, &["--pg", support::postgres().url().reveal()]).end().expect(0);
    let record = ended.record();
    assert_eq!((ended.errors("pool timeout"), &record["totals"]["succeeded"]), (2, &1.into()));
    let operation = &record["operations"][0];
    assert!(operation["pool_us"]["max"].as_u64() >= Some(200_000), "{operation}");
}

#[test]
fn a_postgres_whose_connections_are_all_held_by_others_is_one_error_before_any_load() {
    let options = PostgresOptions { max_connections: 5, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url();
    let runtime = runtime();
    let target = support::pg::target(url.reveal(), StatementMode::Prepared);
    let limits = Limits::default();
    let mut held = Vec::new();
    while let Ok(connection) = runtime.block_on(Connection::open(&target, &limits)) {
        held.push(connection);
    }
    assert_eq!(held.len(), 5);
    let ended = Playing::start(SELECTS, &["--pg", url.reveal()]).end().expect(1);
    assert_eq!(ended.stderr.matches("error:").count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("too many clients"), "{}", ended.stderr);
    assert_eq!(ended.record()["totals"]["offered"], 0);
    // With one left there is none for setup and the users both.
    runtime.block_on(held.pop().expect("five are held").close());
    let ended = Playing::start(SELECTS, &["--pg", url.reveal()]).end();
    assert!(matches!(ended.status, Some(1 | 4)), "{}", ended.stderr);
    assert_eq!(ended.record()["totals"]["offered"], 0);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts")
}

/// How many statements of `SLEEPS` run, once `enough` says so.
fn sleeping(url: &str, enough: impl Fn(i64) -> bool) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE state = 'active' AND query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()";
    let runtime = runtime();
    runtime.block_on(async {
        let target = support::pg::target(url, StatementMode::Prepared);
        let connection = Connection::open(&target, &Limits::default()).await.expect("the server lets us in");
        loop {
            match support::pg::value(&connection, sql, &[]).await {
                Param::Int(count) if enough(count) => return count,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    })
}

/// Two users that sleep at the server for much longer than anybody waits.
const SLEEPS: &str = r#"
return {
  needs = { "postgres" },
  load = { users = 2, iterations = 1 },
  setup = function(ctx) if SETUP then ctx.pg:value("SELECT pg_sleep(20)") end end,
  personas = { sleeper = { operations = { sleep = function(user) user.pg:value("SELECT pg_sleep(20)") end } } },
}
"#;

#[test]
fn what_is_cut_off_at_the_end_of_a_run_does_not_go_on_at_the_server() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let url = server.url();
    let load = SLEEPS.replace("SETUP", "false");
    for (arguments, status) in [
        (&["--statement-timeout", "200ms"][..], 1),
        (&["--operation-timeout", "200ms"], 1),
        (&["--duration", "200ms", "--graceful-stop", "200ms"], 1),
        (&["--operation-timeout", "200ms", "--pool", "user"], 1),
    ] {
        Playing::start(&load, &[&["--pg", url.reveal()], arguments].concat()).end().expect(status);
        assert_eq!(sleeping(url.reveal(), |_| true), 0, "{arguments:?}");
    }
    let mut interrupted = Playing::start(&SLEEPS.replace("SETUP", "true"), &["--pg", url.reveal()]);
    while !interrupted.next_line().contains("setup") {}
    sleeping(url.reveal(), |count| count > 0);
    interrupted.signal(Signal::SIGINT);
    interrupted.end().expect(130);
    assert_eq!(sleeping(url.reveal(), |_| true), 0);
}

#[test]
fn what_answers_without_speaking_postgresqls_protocol_is_named_so() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let answering = std::thread::spawn(move || {
        let (mut caller, _) = listener.accept().expect("somebody calls");
        // As a web server does.
        let _ = caller.read(&mut [0; 8]);
        let _ = caller.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let ended = Playing::start(SELECTS, &["--pg", &format!("postgres://me@{address}/app")]).end().expect(1);
    answering.join().expect("it has answered");
    assert!(ended.stderr.contains("does not speak PostgreSQL's protocol"), "{}", ended.stderr);
}

#[test]
fn a_full_disk_under_the_record_is_told_and_the_report_still_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let Some(_full) = FullDisk::mount(folder.path()) else {
        eprintln!("left out: mounting a small file system takes root");
        return;
    };
    let path = folder.path().join("record.json");
    let out = format!("json={}", path.display());
    let url = support::postgres().url();
    let ended = Playing::start(SELECTS, &["--pg", url.reveal(), "--duration", "200ms", "--out", &out]).end().expect(1);
    assert!(ended.stderr.contains("No space left on device") && ended.stderr.contains(&out[5..]), "{}", ended.stderr);
    assert!(ended.stdout.contains("Overall results"), "{}", ended.stdout);
    assert!(!path.exists(), "no half of a record is left");
    assert_eq!(ended.record()["totals"]["failed"], 0, "the other record is whole");
}

/// A file system of a few KB, for as long as it lives.
struct FullDisk(PathBuf);

impl FullDisk {
    fn mount(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4k", "tmpfs"]).arg(folder).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
