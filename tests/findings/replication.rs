//! What replicas and replication slots do to a PostgreSQL.

use super::support::play::record;
use super::{alone, finding, found, play_with};
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// Writers, on whom a replica or a slot hangs.
const WRITING: &str = r#"
    local pg = require("throng.pg")
    local write = pg.statement("write", "INSERT INTO copied SELECT n, repeat('x', 1000) FROM generate_series(1, 20) n")
    return {
      needs = { "postgres" },
      tables = { "copied" },
      load = { users = 2, duration = "3s" },
      setup = function(ctx)
        ctx.pg:script("DROP TABLE IF EXISTS copied; CREATE TABLE copied (id int, note text)")
        --[[ setup ]]
      end,
      teardown = function(ctx) --[[ teardown ]] end,
      personas = { writer = { think = "5ms", operations = { write = function(user) user.pg:execute(write) end } } },
    }"#;

#[test]
fn a_replica_that_is_behind_is_found_and_one_that_follows_is_not() {
    let primary = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let lag = |delay: &str| {
        let settings = [("recovery_min_apply_delay", delay), ("wal_receiver_status_interval", "1s")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let replica = primary.replica(&PostgresOptions { settings, ..PostgresOptions::default() });
        let replica = replica.expect("the replica starts");
        let _alone = alone();
        // Five seconds behind would take a longer test.
        let played = record(WRITING, &[("postgres", primary.url().reveal()), ("preset", "replication_lag=900ms")], 1);
        drop(replica);
        played
    };
    let behind = lag("1500ms");
    assert!(finding(&behind, "replication_lag").title.contains("is behind"), "{:#?}", behind.findings);
    let following = lag("0");
    assert!(found(&following).iter().all(|finding| finding.id != "replication_lag"), "{:#?}", following.findings);
}

#[test]
fn a_slot_that_nobody_reads_is_found_with_how_to_drop_it() {
    let scenario = WRITING
        .replace("--[[ setup ]]", r#"ctx.pg:query("SELECT pg_create_physical_replication_slot('forgotten', true)")"#)
        .replace("--[[ teardown ]]", r#"ctx.pg:query("SELECT pg_drop_replication_slot('forgotten')")"#);
    let record = play_with(&scenario, &[("preset", "retained_log=1MB")]);
    let finding = finding(&record, "held_log");
    assert!(finding.action.contains("SELECT pg_drop_replication_slot('forgotten');"), "{finding:?}");
}
