//! What becomes of a user's connections when an operation is cut off at its limit.

mod support;

use support::play::record;
use throng::record::Record;

/// Plays a scenario of one connection to each target, with a limit of 250 ms on an operation.
fn play(text: &str) -> Record {
    let (postgres, redis) = (support::postgres().url(), support::redis().url());
    let settings = [
        ("postgres", postgres.reveal()),
        ("redis", redis.reveal()),
        ("connections", "1"),
        ("iterations", "1"),
        ("operation_timeout", "250ms"),
        ("acquire_timeout", "5s"),
    ];
    record(text, &settings, 1)
}

/// One user holds the only connection while the other waits for it, until that is cut off.
const WAITING: &str = r#"
local shared = require("throng.shared")
local held, done = shared.barrier("held", 2), shared.barrier("done", 2)
return {
  needs = { "postgres", "redis" },
  personas = {
    holder = { users = 1, run = function(user)
      user.TARGET:transaction(function()
        held:wait()
        done:wait()
      end)
    end },
    waiter = { users = 1, run = function(user)
      held:wait()
      pcall(user.operation, user, "waits", function() CALL end)
      done:wait()
    end },
  },
}
"#;

#[test]
fn a_wait_for_a_connection_that_is_cut_off_counts_as_waiting_and_not_as_service() {
    for (target, call) in [("pg", "user.pg:value('SELECT 1')"), ("redis", "user.redis:ping()")] {
        let record = play(&WAITING.replace("TARGET", target).replace("CALL", call));
        let waits = &record.operations[0];
        assert_eq!((waits.name.as_str(), waits.failed), ("waits", 1), "{target}");
        assert!(waits.pool_us.max >= 200_000, "{target}: {:?}", waits.pool_us);
    }
}

/// One user does something that does not end well, and then needs the only connection again.
const BREAKING_OFF: &str = r#"
return {
  needs = { "postgres", "redis" },
  -- One after the other: two tests that make the table at a time would meet in the catalogue.
  setup = function(ctx)
    ctx.pg:script("BEGIN; SELECT pg_advisory_xact_lock(1); CREATE TABLE IF NOT EXISTS cut_off (n int); COMMIT")
  end,
  personas = {
    user = { users = 1, run = function(user)
      pcall(user.operation, user, "broken off", function() WORK end)
      user:check(user.pg:value("SELECT 42") == 42, "an answer of its own")
      user:check(user.redis:echo("42") == "42", "a reply of its own")
    end },
  },
}
"#;

/// Plays `work` and what comes next; only the first must fail.
fn assert_leaves_a_connection(work: &str, class: &str) -> Record {
    let record = play(&BREAKING_OFF.replace("WORK", work));
    let errors: Vec<_> = record.errors.iter().map(|error| (error.class.as_str(), error.operation.as_str())).collect();
    assert_eq!(errors, [(class, "broken off")], "{work}: {:?}", record.errors);
    record
}

#[test]
fn what_is_cut_off_leaves_a_connection_for_what_comes_next() {
    for work in [
        "user.pg:query('SELECT pg_sleep(60)')",
        "user.pg:script('BEGIN; SELECT pg_sleep(60); COMMIT')",
        "user.pg:pipeline({ { 'SELECT 1' }, { 'SELECT pg_sleep(60)' }, { 'SELECT 2' } })",
        "user.pg:batch('SELECT pg_sleep($1)', { { 0 }, { 60 }, { 0 } })",
        "user.pg:transaction(function(tx) tx:value('SELECT 1') user:sleep(60) end)",
        "for _ in user.pg:cursor('SELECT generate_series(1, 9)') do user:sleep(60) end",
        "for _ in user.pg:cursor('SELECT pg_sleep(60)') do end",
        "user.pg:transaction(function(tx) for _ in tx:cursor('SELECT 1') do user:sleep(60) end end)",
        "user.pg:copy_out('(SELECT generate_series(1, 100000))', function() user:sleep(60) end)",
        "user.pg:copy_in('cut_off', function() user:sleep(60) end)",
        "user.redis:blpop('cut_off', 0)",
        "user.redis:pipeline({ { 'get', 'a' }, { 'blpop', 'cut_off', 0 }, { 'get', 'b' } })",
        "user.redis:transaction(function(queue, now) now:get('a') user:sleep(60) end, { watch = { 'cut_off' } })",
    ] {
        assert_leaves_a_connection(work, "timeout");
    }
}

#[test]
fn what_ends_with_an_error_leaves_a_connection_for_what_comes_next() {
    for work in [
        "for _ in user.pg:cursor('SELECT generate_series(1, 9)') do user:check(false, 'no') end",
        "user.pg:transaction(function(tx) for _ in tx:cursor('SELECT 1') do user:check(false, 'no') end end)",
        "user.pg:copy_out('(SELECT generate_series(1, 100000))', function() user:check(false, 'no') end)",
        "user.pg:copy_in('cut_off', function() user:check(false, 'no') end)",
        "user.redis:transaction(function(queue, now) user:check(false, 'no') end, { watch = { 'cut_off' } })",
    ] {
        assert_leaves_a_connection(work, "check failed");
    }
}

#[test]
fn what_ends_in_good_order_keeps_its_connection() {
    for work in [
        "for _ in user.pg:cursor('SELECT generate_series(1, 9)') do break end user:check(false, 'at the end')",
        "pcall(function() for _ in user.pg:cursor('SELECT 1') do error('no') end end) user:check(false, 'at the end')",
        "pcall(function() for _ in user.pg:cursor('SELECT 1 / 0') do end end) user:check(false, 'at the end')",
        "user.pg:transaction(function(tx)
           for _ in tx:cursor('SELECT 1') do pcall(tx.execute, tx, 'SELECT 1 / 0') break end
           user:check(false, 'at the end')
         end)",
        "user.redis:transaction(function(queue, now) user:check(false, 'no') end, { watch = { 'cut_off' } })",
    ] {
        let record = assert_leaves_a_connection(work, "check failed");
        assert!(record.pools.iter().all(|pool| pool.connects == 1), "{work}: {:?}", record.pools);
    }
}

/// A statement with figures of its own and a command, in operations that end at their limit.
const NAMED: &str = r#"
local pg = require("throng.pg")
local nap = pg.statement("nap", "SELECT pg_sleep(60)")
return {
  needs = { "postgres", "redis" },
  personas = {
    user = { users = 1, operations = { cut = function(user) CALL end } },
  },
}
"#;

#[test]
fn what_an_operations_limit_cuts_off_counts_as_a_failed_statement_of_its_target() {
    for (call, label) in [("user.pg:query(nap)", "nap"), ("user.redis:blpop('cut_off', 0)", "redis.blpop")] {
        let record = play(&NAMED.replace("CALL", call));
        let statement = record.statements.iter().find(|statement| statement.label == label).expect(label);
        assert_eq!((statement.succeeded, statement.failed), (0, 1), "{label}");
        let operation = &record.operations[0];
        assert_eq!(operation.statements[0].count, 1, "{label}");
        // It took all of the operation's time, to which the limit set the end.
        assert!(operation.target_us >= 200_000.0 && statement.time_us.max >= 200_000, "{label}: {operation:?}");
    }
}
