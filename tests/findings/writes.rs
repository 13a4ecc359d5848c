//! What PostgreSQL can suffer from writers.

use super::{finding, first, found, play, play_on};

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
fn pages_that_go_to_the_log_as_a_whole_again_and_again_are_found() {
    let record = play_on(
        &[("full_page_writes", "on")],
        r#"
        local pg = require("throng.pg")
        local touch = pg.statement("touch", "UPDATE pages SET n = n + 1 WHERE id = ANY ($1::int[])")
        return {
          needs = { "postgres" },
          tables = { "pages" },
          load = { users = 3, duration = "4s" },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS pages;
              CREATE TABLE pages (id int PRIMARY KEY, n int, filler text) WITH (fillfactor = 50);
              INSERT INTO pages SELECT id, 0, repeat('x', 800) FROM generate_series(1, 40000) id]])
          end,
          personas = {
            writer = { users = 2, think = "2ms", operations = { touch = function(user)
              local ids = {}
              for place = 1, 40 do ids[place] = user.random:integer(1, 40000) end
              user.pg:execute(touch, ids)
            end } },
            keeper = { users = 1, think = "700ms", operations = { keep = function(user) user.pg:script("CHECKPOINT") end } },
          },
        }"#,
    );
    assert!(finding(&record, "full_page_images").action.contains("wal_compression"));
}

#[test]
fn a_log_without_room_in_memory_is_found_and_one_with_room_is_not() {
    let scenario = r#"
        local pg = require("throng.pg")
        local write = pg.statement("write", "INSERT INTO log_filler SELECT n, repeat('x', 1000) FROM generate_series(1, 500) n")
        return {
          needs = { "postgres" },
          tables = { "log_filler" },
          load = { users = 2, duration = "2500ms" },
          setup = function(ctx) ctx.pg:script("DROP TABLE IF EXISTS log_filler; CREATE TABLE log_filler (id int, note text)") end,
          personas = { writer = { think = "2ms", operations = { write = function(user) user.pg:execute(write) end } } },
        }"#;
    let narrow = play_on(&[("wal_buffers", "32kB")], scenario);
    assert!(finding(&narrow, "wal_buffers").action.starts_with("ALTER SYSTEM SET wal_buffers"));
    let wide = play_on(&[("wal_buffers", "64MB")], scenario);
    assert!(found(&wide).iter().all(|finding| finding.id != "wal_buffers"), "{:#?}", wide.findings);
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
