//! Findings on real servers: each condition provoked is found, and a healthy run has none.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod course;
mod failures;
mod generator;
mod machine;
mod postgres;
mod redis;
mod replication;
mod sessions;
mod writes;

use std::sync::{Mutex, MutexGuard, PoisonError};

use support::pg::query;
use support::play::record;
use throng::drivers::postgres::Connection;
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::record::{FindingRecord, Record};
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// Waits until no other test plays: what others do would be found, too.
fn alone() -> MutexGuard<'static, u32> {
    static ONE_AT_A_TIME: Mutex<u32> = Mutex::new(0);
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays a scenario in a database of its own.
fn play(scenario: &str) -> Record {
    play_with(scenario, &[])
}

/// The same with settings.
fn play_with(scenario: &str, settings: &[(&str, &str)]) -> Record {
    play_in(scenario, settings).0
}

/// The same; also the database's URL.
fn play_in(scenario: &str, settings: &[(&str, &str)]) -> (Record, String) {
    let mut number = alone();
    *number += 1;
    let database = format!("findings_{number}");
    let server = support::postgres().url();
    on(server.reveal(), &format!("CREATE DATABASE {database}"));
    let url = format!("{}{database}", server.reveal().strip_suffix("postgres").expect("the default database"));
    on(&url, "CREATE EXTENSION pg_stat_statements");
    let settings: Vec<_> = [("postgres", url.as_str())].into_iter().chain(settings.iter().copied()).collect();
    (record(scenario, &settings, 1), url)
}

/// Plays a scenario on a server with settings of its own.
fn play_on(server: &[(&str, &str)], scenario: &str) -> Record {
    play_on_with(server, scenario, &[])
}

/// The same with settings of throng's.
fn play_on_with(server: &[(&str, &str)], scenario: &str, settings: &[(&str, &str)]) -> Record {
    let _alone = alone();
    let own = server.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let server = ThrowawayPostgres::start(&PostgresOptions { settings: own, ..PostgresOptions::default() });
    let url = server.as_ref().expect("PostgreSQL starts").url();
    let settings: Vec<_> = [("postgres", url.reveal())].into_iter().chain(settings.iter().copied()).collect();
    record(scenario, &settings, 1)
}

/// Runs a statement on a server, as its superuser.
fn on(url: &str, statement: &str) {
    let target = support::pg::target(url, StatementMode::Simple);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let connection = Connection::open(&target, &Limits::default()).await.expect("the server lets us in");
        query(&connection, statement, &[]).await.unwrap_or_else(|failure| panic!("{statement}: {failure}"));
        connection.close().await;
    });
}

/// The finding of a rule.
fn finding<'a>(record: &'a Record, id: &str) -> &'a FindingRecord {
    let found = record.findings.iter().find(|finding| finding.id == id);
    found.unwrap_or_else(|| panic!("no `{id}` in {:#?}, {:?}", record.findings, record.rules))
}

/// What was found, but for what others on this machine do to throng while the tests run.
fn found(record: &Record) -> Vec<&FindingRecord> {
    let of_the_machine = ["generator_starved", "host_cpu", "host_disk", "host_memory", "shared_host"];
    record.findings.iter().filter(|finding| !of_the_machine.contains(&&*finding.id)).collect()
}

/// Asserts that the finding of a rule comes first.
fn first<'a>(record: &'a Record, id: &str) -> &'a FindingRecord {
    let first = found(record).into_iter().next().map(|finding| &*finding.id);
    assert_eq!(first, Some(id), "{:#?}", record.findings);
    finding(record, id)
}

#[test]
fn every_rule_that_is_documented_is_provoked() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = include_str!("../../docs/findings.md");
    let rules = page.split("\n## ").find(|section| section.starts_with("Rules")).expect("the page lists the rules");
    let rules = rules.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let folder = std::fs::read_dir(root.join("tests/findings")).expect("the tests are there");
    let files = folder.map(|entry| entry.expect("the folder can be listed").path());
    let files = files.filter(|file| !file.ends_with("main.rs")).chain([root.join("tests/plans.rs")]);
    let tests: String = files.map(|file| std::fs::read_to_string(file).expect("it can be read")).collect();
    let missing: Vec<_> = rules.filter(|rule| !tests.contains(&format!("\"{rule}\""))).collect();
    assert!(missing.is_empty(), "no test provokes {missing:?}");
}
