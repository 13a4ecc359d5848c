//! What PostgreSQL can suffer from those who are connected to it, and from a cache that is too small.

use super::{finding, first, found, play, play_on, play_with};

#[test]
fn a_session_that_idles_in_its_transaction_is_found() {
    let record = play(
        r#"
        return {
          needs = { "postgres" },
          load = { users = 2, duration = "3s" },
          personas = { dreamer = { operations = {
            dream = { weight = 1, run = function(user)
              user.pg:transaction(function(tx)
                tx:query("SELECT 1")
                user:sleep("1600ms")
              end)
            end },
          } } },
        }"#,
    );
    first(&record, "idle_in_transaction");
}

#[test]
fn an_old_snapshot_is_found_and_young_ones_are_not() {
    let scenario = |within: &str, after: &str| {
        format!(
            r#"
            local pg = require("throng.pg")
            local note = pg.statement("note", "INSERT INTO notes (note) VALUES ('n')")
            return {{
              needs = {{ "postgres" }},
              tables = {{ "notes" }},
              load = {{ users = 3, duration = "3s" }},
              setup = function(ctx) ctx.pg:script("DROP TABLE IF EXISTS notes; CREATE TABLE notes (note text)") end,
              personas = {{
                reader = {{ users = 1, operations = {{ read = function(user)
                  user.pg:transaction(function(tx)
                    tx:query("SELECT count(*) FROM notes")
                    {within}
                  end, {{ isolation = "repeatable read" }})
                  {after}
                end }} }},
                writer = {{ users = 2, think = "1ms", operations = {{ note = function(user) user.pg:execute(note) end }} }},
              }},
            }}"#
        )
    };
    // A test makes some hundred transactions, not the hundred thousand of a server at work.
    let limits = [("preset", "snapshot_age=100")];
    let sleep = r#"user:sleep("2500ms")"#;
    let held = play_with(&scenario(sleep, ""), &limits);
    assert!(finding(&held, "held_snapshot").action.contains("longest transaction"));
    let young = play_with(&scenario("", sleep), &limits);
    assert!(found(&young).iter().all(|finding| finding.id != "held_snapshot"), "{:#?}", young.findings);
}

/// Users who come one after the other and look something up every now and then.
const QUIET: &str = r#"
    local pg = require("throng.pg")
    local find = pg.statement("find", "SELECT relname FROM pg_class WHERE oid = $1")
    return {
      needs = { "postgres" },
      load = { users = 24, duration = "3s", ramp_up = "2s" },
      personas = { reader = { think = "200ms", operations = {
        look_up = { weight = 1, run = function(user) user.pg:value(find, 1259) end },
      } } },
    }"#;

#[test]
fn a_server_that_is_nearly_full_is_found() {
    let record = play_on(&[("max_connections", "30"), ("superuser_reserved_connections", "1")], QUIET);
    assert!(found(&record).iter().all(|finding| finding.id != "connections"), "the reserve keeps it from that");
    let record = super::play_on_with(&[("max_connections", "30")], QUIET, &[("reserve", "0")]);
    assert!(finding(&record, "connections").evidence.iter().any(|evidence| evidence.value == Some(30.0)));
}

#[test]
fn a_pool_of_which_little_is_used_is_noted_with_how_many_would_do() {
    let record = play_with(QUIET, &[("connections", "24")]);
    assert!(first(&record, "pool_too_large").action.contains("--connections"));
}

/// A table of some 20 MB, read at random, once it has been pushed out of the cache by another.
const COLD: &str = r#"
    local pg = require("throng.pg")
    local find = pg.statement("find", "SELECT note FROM hot WHERE id = ANY ($1::int[])")
    return {
      needs = { "postgres" },
      tables = { "hot", "other" },
      load = { users = 2, duration = "6s" },
      setup = function(ctx)
        ctx.pg:script([[
          DROP TABLE IF EXISTS hot, other;
          CREATE TABLE hot (id int PRIMARY KEY, note text);
          INSERT INTO hot SELECT id, repeat('x', 1000) FROM generate_series(1, 20000) id;
          CREATE TABLE other (id int, filler text);
          INSERT INTO other SELECT n, repeat('y', 1000) FROM generate_series(1, 60000) n;
          CHECKPOINT]])
      end,
      personas = { reader = { think = "5ms", operations = {
        look_up = { weight = 1, run = function(user)
          local ids = {}
          for place = 1, 40 do ids[place] = user.random:integer(1, 20000) end
          user.pg:query(find, ids)
        end },
      } } },
    }"#;

#[test]
fn a_cold_cache_is_told_from_one_that_is_too_small() {
    let warming = play_on(&[("shared_buffers", "40MB")], COLD);
    first(&warming, "cold_cache");
    let small = play_on(&[("shared_buffers", "4MB")], COLD);
    assert!(finding(&small, "low_cache_hit").action.contains("shared_buffers"));
    assert!(found(&small).iter().all(|finding| finding.id != "cold_cache"), "{:#?}", small.findings);
}
