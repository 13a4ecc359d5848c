//! What goes wrong with PostgreSQL and under the record: a target that is not there, refuses or dies, a full disk.
//!
//! Each gets one clear error, the right exit status, and a record of what was measured so far.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::playing::Playing;
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
