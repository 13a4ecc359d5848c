//! What a run must keep its hands off, unless told twice.

mod support;

use support::playing::Playing;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// Makes a table anew, and likes nothing better.
const LIKES: &str = r#"
return {
  needs = { "postgres" },
  tables = { "notes" },
  load = { users = 1, iterations = 1 },
  setup = function(ctx)
    ctx.pg:script("DROP TABLE IF EXISTS notes; CREATE TABLE notes (likes bigint); INSERT INTO notes VALUES (0)")
  end,
  personas = { liker = { operations = { like = function(user) user.pg:execute("UPDATE notes SET likes = likes + 1") end } } },
}
"#;

/// Makes a table in `setup` and nothing else, as somebody's application would.
const APPLICATION: &str = r#"
return {
  needs = { "postgres" },
  load = { users = 1, iterations = 1 },
  setup = function(ctx) ctx.pg:script("CREATE TABLE notes (body text); INSERT INTO notes VALUES ('dear')") end,
  personas = { reader = { operations = { read = function(user)
    user:check(user.pg:value("SELECT body FROM notes") == "dear", "the row is there")
  end } } },
}
"#;

#[test]
fn tables_that_throng_did_not_make_are_refused_and_left_alone() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let url = server.url();
    Playing::start(APPLICATION, &["--pg", url.reveal()]).end().expect(0);
    let refused = Playing::start(LIKES, &["--pg", url.reveal()]).end().expect(4);
    assert!(refused.stderr.contains("a table `notes` that throng did not make"), "{}", refused.stderr);
    assert_eq!(refused.record()["exit_code"], 4);
    let reader = APPLICATION.replace("CREATE TABLE notes (body text); INSERT INTO notes VALUES ('dear')", "SELECT 1");
    Playing::start(&reader, &["--pg", url.reveal()]).end().expect(0);
}

#[test]
fn a_scenario_may_make_its_own_tables_anew() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    for _ in 0..2 {
        Playing::start(LIKES, &["--pg", server.url().reveal()]).end().expect(0);
    }
}

#[test]
fn tables_of_a_setup_that_failed_are_throngs_too() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let broken = LIKES.replace("VALUES (0)\")", "VALUES (0)\") error('broken')");
    Playing::start(&broken, &["--pg", server.url().reveal()]).end().expect(1);
    Playing::start(LIKES, &["--pg", server.url().reveal()]).end().expect(0);
}

#[test]
fn a_target_that_looks_like_production_or_is_elsewhere_needs_force() {
    for (url, reason) in [
        ("postgres://me@127.0.0.1:1/prod", "looks like production"),
        ("postgres://me@db.example/app", "is not on this machine"),
    ] {
        let refused = Playing::start(LIKES, &["--pg", url]).end().expect(4);
        assert!(refused.stderr.contains(reason), "{}", refused.stderr);
        assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    }
    // Port 1 has no server, so the run ends before any load; but it was let through.
    Playing::start(LIKES, &["--pg", "postgres://me@127.0.0.1:1/prod", "--force"]).end().expect(1);
}

#[test]
fn a_url_that_cannot_be_understood_is_a_mistake_and_its_password_stays_hidden() {
    for (url, reason) in [
        ("u:secret@h/db", "neither a `postgres://` URL nor pairs"),
        ("mysql://u:secret@127.0.0.1/db", "neither a `postgres://` URL nor pairs"),
        ("postgres://u:sec/secret@127.0.0.1:1/db", "percent-encode special characters in the password"),
        ("postgres://u:se#c?secret@127.0.0.1:1/db", "percent-encode special characters in the password"),
        ("postgres://u:secret@127.0.0.1:port/db", "port"),
        ("postgres://u:secret@127.0.0.1:1/db?colour=red", "unknown option `colour`"),
    ] {
        let refused = Playing::start(LIKES, &["--pg", url]).end().expect(2);
        assert!(refused.stderr.contains(reason), "{url}: {}", refused.stderr);
        assert!(!refused.stderr.contains("secret"), "{url}: {}", refused.stderr);
    }
}

#[test]
fn connections_that_the_server_has_no_room_for_are_refused_before_setup() {
    let options = PostgresOptions { max_connections: 20, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url();
    let logs = LIKES.replace("function(ctx)", "function(ctx) require('throng.log').info('setup was here')");
    let arguments = ["--pg", url.reveal(), "--users", "30", "--connections", "30"];
    let refused = Playing::start(&logs, &arguments).end().expect(4);
    assert!(
        refused.stderr.contains("room for 20 more connections, 10 of them for others; the run needs 33"),
        "{}",
        refused.stderr
    );
    assert!(!refused.stderr.contains("setup was here"), "{}", refused.stderr);
    assert_eq!(refused.record()["exit_code"], 4);
    // Let through, it meets the server's own refusal.
    let forced = Playing::start(&logs, &[&arguments[..], &["--force"]].concat()).end().expect(1);
    assert!(forced.stderr.contains("setup was here"), "{}", forced.stderr);
}

#[test]
fn a_pool_of_throngs_own_size_takes_no_more_than_the_server_has_room_for() {
    let options = PostgresOptions { max_connections: 20, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let played = Playing::start(LIKES, &["--pg", server.url().reveal(), "--users", "20"]).end().expect(0);
    assert!(played.stderr.contains("its pool has 7 instead of 20"), "{}", played.stderr);
    assert_eq!(played.record()["pools"][0]["max_size"], 7);
}

#[test]
fn a_table_whose_name_could_carry_sql_is_no_name() {
    let scenario = LIKES.replace("\"notes\" }", "\"notes\\\"; DROP TABLE x\" }");
    let refused = Playing::start(&scenario, &[]).end().expect(2);
    assert!(refused.stderr.contains("cannot be declared"), "{}", refused.stderr);
}
