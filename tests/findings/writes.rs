//! What PostgreSQL can suffer from writers.

use super::{finding, first, play, play_on};

#[test]
fn a_checkpoint_storm_is_told_how_much_room_the_log_needs() {
    let record = play_on(
        &[("max_wal_size", "32MB"), ("min_wal_size", "32MB")],
        r#"
        local pg = require("throng.pg")
        local write = pg.statement("write", "INSERT INTO journal SELECT n, repeat('x', 1000) FROM generate_series(1, 2000) n")
        return {
          needs = { "postgres" },
          tables = { "journal" },
          load = { users = 2, duration = "4s" },
          setup = function(ctx) ctx.pg:script("DROP TABLE IF EXISTS journal; CREATE TABLE journal (id int, note text)") end,
          personas = { writer = { operations = {
            write = { weight = 1, run = function(user) user.pg:execute(write) end },
          } } },
        }"#,
    );
    let finding = first(&record, "checkpoints");
    assert!(finding.action.starts_with("ALTER SYSTEM SET max_wal_size = '"), "{finding:?}");
}

#[test]
fn dead_rows_updates_of_all_indexes_and_an_index_that_nobody_reads_are_found() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local age = pg.statement("age", "UPDATE crowd SET age = age + 1 WHERE id % 4 = $1")
        return {
          needs = { "postgres" },
          tables = { "crowd" },
          load = { users = 1, iterations = 6 },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS crowd;
              CREATE TABLE crowd (id int PRIMARY KEY, age int) WITH (autovacuum_enabled = false);
              INSERT INTO crowd SELECT id, id % 90 FROM generate_series(1, 40000) id;
              CREATE INDEX crowd_age ON crowd (age)]])
          end,
          personas = { year = { operations = {
            pass = { weight = 1, run = function(user) user.pg:execute(age, user.random:integer(0, 3)) end },
          } } },
        }"#,
    );
    assert!(finding(&record, "dead_rows").title.contains("public.crowd"));
    assert!(finding(&record, "low_hot_share").title.contains("public.crowd"));
    assert!(finding(&record, "unused_index").action.contains("DROP INDEX CONCURRENTLY public.crowd_age"));
}

#[test]
fn rollbacks_and_serialization_failures_name_their_operations() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local read = pg.statement("read", "SELECT sum(n)::int FROM pair")
        local write = pg.statement("write", "UPDATE pair SET n = n + 1 WHERE id = $1")
        return {
          needs = { "postgres" },
          tables = { "pair" },
          load = { users = 4, duration = "2s" },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS pair;
              CREATE TABLE pair (id int PRIMARY KEY, n int);
              INSERT INTO pair SELECT id, 0 FROM generate_series(1, 8) id]])
          end,
          personas = { skewed = { operations = {
            skew = { weight = 1, run = function(user)
              user.pg:transaction(function(tx)
                tx:value(read)
                user:sleep("3ms")
                tx:execute(write, user.random:integer(1, 8))
              end, { isolation = "serializable" })
            end },
          } } },
        }"#,
    );
    assert_eq!(finding(&record, "serialization_failures").operations, ["skew"]);
    assert_eq!(finding(&record, "rollbacks").operations, ["skew"]);
}
