//! Connections that a run gives up when others need them, and takes back.

mod support;

use support::pg::target;
use support::playing::Playing;
use throng::drivers::postgres::Connection;
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// Ends the session that looks after the reserve, and says how many that were.
const END_WATCHING: &str = "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity \
    WHERE application_name LIKE 'throng %' AND query LIKE '%superuser_reserved_connections%'";

const BUSY: &str = r#"
return {
  needs = { "postgres" },
  load = { users = 12, duration = "10m" },
  personas = { looker = { think = "20ms", operations = { look = function(user) user.pg:query("SELECT 1") end } } },
}
"#;

#[tokio::test]
async fn a_pool_gives_way_to_others_and_grows_back_when_they_go() {
    let options = PostgresOptions { max_connections: 30, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url();
    let mut playing = Playing::start(BUSY, &["--pg", url.reveal(), "--workers", "2", "--reserve", "5"]);
    playing.until_it_plays();
    let others = target(url.reveal(), StatementMode::Prepared);
    let mut held = Vec::new();
    for _ in 0..14 {
        held.push(Connection::open(&others, &Limits::default()).await.expect("the reserve and what is free"));
    }
    // 30, less 14, the reserve of 5, and three of the run's own.
    while !playing.next_line().ends_with("postgres: 8 of 12 connections") {}
    // What it gave up is there for others: more than the reserve and what was free before.
    for _ in 0..4 {
        held.push(Connection::open(&others, &Limits::default()).await.expect("what the run gave up"));
    }
    while !playing.next_line().ends_with("postgres: 4 of 12 connections") {}
    for connection in held {
        connection.close().await;
    }
    while !playing.next_line().contains("there is room again") {}
    playing.signal(nix::sys::signal::Signal::SIGINT);
    let ended = playing.end().expect(130);
    let headroom = ended.record()["headroom"].as_array().unwrap().clone();
    let first = headroom.first().expect("changes");
    assert_eq!((&first["target"], &first["planned"]), (&"postgres".into(), &12.into()));
    assert_eq!(headroom.last().expect("changes")["connections"], 12);
    assert!(ended.stdout.contains("of 12 connections from"), "{}", ended.stdout);
    assert_eq!(ended.record()["errors"].as_array().unwrap().len(), 0, "{:#}", ended.record()["errors"]);
}

#[tokio::test]
async fn the_connection_that_plans_are_taken_on_is_no_part_of_the_room() {
    let options = PostgresOptions { max_connections: 30, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url();
    let arguments = ["--pg", url.reveal(), "--workers", "2", "--reserve", "5", "--explain", "all"];
    let mut playing = Playing::start(BUSY, &arguments);
    playing.until_it_plays();
    let others = target(url.reveal(), StatementMode::Prepared);
    let mut held = Vec::new();
    for _ in 0..14 {
        held.push(Connection::open(&others, &Limits::default()).await.expect("the reserve and what is free"));
    }
    // 30, less 14, the reserve of 5, and four of the run's own. A line comes every second.
    let gave_way = (0..60).any(|_| playing.next_line().ends_with("postgres: 7 of 12 connections"));
    playing.signal(nix::sys::signal::Signal::SIGINT);
    playing.end().expect(130);
    assert!(gave_way);
}

#[tokio::test]
async fn a_pool_gives_way_also_after_who_looks_after_the_reserve_was_cut_off() {
    let options = PostgresOptions { max_connections: 30, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url();
    let mut playing = Playing::start(BUSY, &["--pg", url.reveal(), "--workers", "2", "--reserve", "5"]);
    playing.until_it_plays();
    let others = target(url.reveal(), StatementMode::Simple);
    let first = Connection::open(&others, &Limits::default()).await.expect("there is room");
    let ended = support::pg::value(&first, END_WATCHING, &[]).await;
    assert_eq!(support::pg::text(&ended), "1");
    let mut held = vec![first];
    for _ in 0..13 {
        held.push(Connection::open(&others, &Limits::default()).await.expect("the reserve and what is free"));
    }
    while !playing.next_line().ends_with("postgres: 8 of 12 connections") {}
    playing.signal(nix::sys::signal::Signal::SIGINT);
    playing.end().expect(130);
}
