//! What a throng that was killed leaves behind on a server: nothing.

mod support;

use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::pg::{target, text, value};
use support::playing::Playing;
use throng::drivers::postgres::Connection;
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// Holds a lock in the middle of a statement that goes on for longer than any test would wait.
const HOLDER: &str = r#"
return {
  needs = { "postgres" },
  tables = { "held" },
  load = { users = 1, iterations = 1 },
  setup = function(ctx) ctx.pg:script("DROP TABLE IF EXISTS held; CREATE TABLE held (n int); INSERT INTO held VALUES (1)") end,
  personas = { holder = { operations = { hold = function(user)
    user.pg:transaction(function(tx)
      tx:execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
      tx:query("SELECT pg_sleep(600)")
    end)
  end } } },
}
"#;

/// The holder's session, as others see it.
const HOLDING: &str = "SELECT coalesce(max(application_name), '') FROM pg_stat_activity
    WHERE query LIKE '%pg_sleep(600)%' AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()";

/// Ends when the holder holds its lock, or fails at the limit on a statement.
const UNTIL_IT_HOLDS: &str = "DO $$ BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid()) LOOP
        PERFORM pg_sleep(0.02);
        PERFORM pg_stat_clear_snapshot();
    END LOOP;
END $$";

/// Ends when the last session of throng has, or fails at the limit on a statement.
const UNTIL_ALL_ARE_GONE: &str = "DO $$ BEGIN
    WHILE EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'throng %') LOOP
        PERFORM pg_sleep(0.02);
        PERFORM pg_stat_clear_snapshot();
    END LOOP;
END $$";

#[tokio::test]
async fn a_lock_that_a_killed_throng_held_is_free_again() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let url = server.url();
    let rival = Connection::open(&target(url.reveal(), StatementMode::Prepared), &Limits::default()).await.unwrap();
    let mut playing = Playing::start(HOLDER, &["--pg", url.reveal(), "--duration", "10m"]);
    playing.until_it_plays();
    let mut holder = String::new();
    while holder.is_empty() {
        playing.next_line();
        holder = text(&value(&rival, HOLDING, &[]).await);
    }
    assert!(holder.starts_with("throng scenario "), "{holder}");
    playing.signal(Signal::SIGKILL);
    // Waits for the lock; the limit on a statement, 30 s, is shorter than the sleep.
    rival.script("BEGIN; LOCK TABLE held; COMMIT").await.expect("the lock is free again");
    rival.script(UNTIL_ALL_ARE_GONE).await.expect("no session of throng is left");
    playing.end();
}

#[tokio::test]
async fn an_interrupted_rehearsal_has_the_server_stop_what_it_does_and_cleans_up() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let url = server.url();
    let rival = Connection::open(&target(url.reveal(), StatementMode::Prepared), &Limits::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.lua");
    let teardown = "teardown = function(ctx) ctx.pg:script('DROP TABLE held') end, personas";
    std::fs::write(&file, HOLDER.replace("personas", teardown)).unwrap();
    let process = Command::new(env!("CARGO_BIN_EXE_throng"))
        .arg("rehearse")
        .arg(&file)
        .args(["--pg", url.reveal()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    rival.script(UNTIL_IT_HOLDS).await.expect("the operation is under way");
    kill(Pid::from_raw(process.id() as i32), Signal::SIGINT).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted before the rest"), "{said}");
    let left = value(&rival, "SELECT (to_regclass('held') IS NULL)::text", &[]).await;
    assert_eq!(text(&left), "true", "teardown has not run: {said}");
    rival.script(UNTIL_ALL_ARE_GONE).await.expect("no session of throng is left");
}

#[test]
fn a_server_ends_a_transaction_that_idles_for_too_long() {
    let server = support::postgres();
    let idle = r#"
return {
  needs = { "postgres" },
  load = { users = 1, iterations = 1 },
  thresholds = { "errors.count == 1" },
  personas = { idler = { operations = { idle = function(user)
    user.pg:transaction(function(tx)
      tx:query("SELECT 1")
      user:sleep("2s")
      tx:query("SELECT 1")
    end)
  end } } },
}
"#;
    let url = server.url();
    let ended = Playing::start(idle, &["--pg", url.reveal(), "--idle-in-transaction-timeout", "200ms"]).end();
    let classes: Vec<_> = ended.record()["errors"].as_array().unwrap().iter().map(|e| e["class"].clone()).collect();
    assert_eq!(classes.len(), 1, "{classes:?}");
    assert!(
        classes[0] == "connection lost" || classes[0] == "sqlstate 25P03 idle_in_transaction_session_timeout",
        "{classes:?}"
    );
}
