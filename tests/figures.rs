//! Laws that the figures of every real run keep, whatever the load.

mod support;

use proptest::prelude::*;
use support::play::{outcome, record};
use throng::record::{MetricValue, OperationRecord, Record, decode};

/// Users who succeed, fail, nest steps in a flow, count, and now and then take no time at all.
/// Each operation that succeeds counts itself at its very end, as a metric does: in measured phases only.
const BUSY: &str = r#"
local ended = require("throng.metrics").counter("ended")
return {
  thresholds = {
    "response.p95 < 1h", "response.mean < 1h", "service.max < 1h", "errors.rate <= 100%", "throughput > 0/s",
    "iterations.failed >= 0",
  },
  personas = {
    mixed = { share = 3, operations = {
      nothing = { weight = 2, run = function(user) ended:add() end },
      short = { weight = 3, run = function(user) user:sleep(user.random:number(0, 0.004)) ended:add() end },
      refused = { weight = 1, run = function(user) user:sleep(0.001) user:check(false, "as planned") end },
    } },
    flow = { share = 1, think = "1ms..3ms", run = function(user)
      user:operation("first", function() user:sleep(0.002) ended:add() end)
      user:operation("second", function()
        user:check(user.random:number() < 0.7, "by chance")
        ended:add()
      end)
    end },
  },
}
"#;

fn load() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let closed = (2u32..20, 1u32..8)
        .prop_map(|(users, each)| vec![("users", users.to_string()), ("iterations", each.to_string())]);
    let timed = (2u32..20, 50u32..300)
        .prop_map(|(users, ms)| vec![("users", users.to_string()), ("duration", format!("{ms}ms"))]);
    let open = (50u32..2000, 50u32..300, 2u32..6, prop_oneof![Just("queue"), Just("drop")]).prop_map(
        |(rate, ms, users, overflow)| {
            vec![
                ("rate", format!("{rate}/s")),
                ("duration", format!("{ms}ms")),
                ("max_users", users.to_string()),
                ("overflow", overflow.to_owned()),
            ]
        },
    );
    prop_oneof![closed, timed, open]
}

proptest! {
    // A case is a run of up to half a second.
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_figures_of_a_run_agree_with_each_other(load in load(), warm_up in 0u32..2, workers in 1u64..3) {
        let warm_up = format!("{}ms", warm_up * 50);
        let mut settings: Vec<(&str, &str)> = load.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if warm_up != "0ms" {
            settings.push(("warm_up", &warm_up));
        }
        let record = record(BUSY, &settings, workers);
        iterations_add_up(&record)?;
        operations_add_up(&record)?;
        throughput_is_what_ended_in_time(&record, workers)?;
        times_add_up(&record)?;
        intervals_add_up(&record)?;
        thresholds_tell_what_the_record_tells(&record)?;
        let text = serde_json::to_string(&record).expect("it is JSON");
        prop_assert_eq!(serde_json::from_str::<Record>(&text).expect("it reads back"), record);
    }
}

fn iterations_add_up(record: &Record) -> Result<(), TestCaseError> {
    let totals = record.totals.iterations;
    prop_assert_eq!(totals.offered, totals.started + totals.dropped);
    prop_assert_eq!(totals.started, totals.succeeded + totals.failed + totals.unfinished);
    let of_personas =
        |of: fn(&throng::stats::IterationCounts) -> u64| record.personas.iter().map(|p| of(&p.iterations)).sum::<u64>();
    prop_assert_eq!(of_personas(|counts| counts.offered), totals.offered);
    prop_assert_eq!(of_personas(|counts| counts.started), totals.started);
    prop_assert_eq!(of_personas(|counts| counts.failed), totals.failed);
    Ok(())
}

fn operations_add_up(record: &Record) -> Result<(), TestCaseError> {
    let sum = |of: fn(&OperationRecord) -> u64| record.measured_operations().map(of).sum::<u64>();
    prop_assert_eq!(sum(|operation| operation.succeeded), record.totals.operations_succeeded);
    prop_assert_eq!(sum(|operation| operation.failed), record.totals.operations_failed);
    prop_assert_eq!(sum(|operation| operation.unfinished), record.totals.operations_unfinished);
    let failed: u64 = record.operations.iter().map(|operation| operation.failed).sum();
    prop_assert_eq!(record.errors.iter().map(|error| error.count).sum::<u64>(), failed);
    Ok(())
}

/// Compares the throughput with what the operations themselves counted at their ends.
fn throughput_is_what_ended_in_time(record: &Record, workers: u64) -> Result<(), TestCaseError> {
    let ended = match record.metrics.iter().find(|metric| metric.name == "ended").map(|metric| &metric.value) {
        Some(MetricValue::Counter { count, .. }) => *count,
        Some(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
        None => 0.0,
    };
    let in_time = record.totals.throughput_per_s * record.duration_s;
    // A border of the measured time may fall between an operation's last line and its end: once for each worker.
    prop_assert!((in_time - ended).abs() <= workers as f64 + 1e-6, "{in_time} in time, {ended} ended");
    Ok(())
}

fn times_add_up(record: &Record) -> Result<(), TestCaseError> {
    let mut whole = hdrhistogram::Histogram::<u64>::new_with_bounds(1, 3_600_000_000, 3).expect("the bounds are valid");
    for operation in &record.operations {
        let histogram = decode(&operation.histogram).expect("it decodes");
        prop_assert_eq!(histogram.len(), operation.finished());
        // Extremes are exact beside it.
        prop_assert!(histogram.equivalent(histogram.max(), operation.response_us.max), "{operation:?}");
        if record.is_measured(&operation.phase) {
            whole.add(histogram).expect("the bounds are the same");
        }
        let parts = operation.wait_us.mean + operation.pool_us.mean + operation.service_us.mean;
        // Means are exact but for what floats cannot tell apart.
        prop_assert!((operation.response_us.mean - parts).abs() <= 1e-6 * (1.0 + parts), "{operation:?}");
    }
    prop_assert_eq!(whole.len(), record.totals.operations_finished());
    if !whole.is_empty() {
        prop_assert!(whole.equivalent(whole.value_at_quantile(0.5), record.totals.response_us.p50));
        prop_assert!(whole.equivalent(whole.max(), record.totals.response_us.max));
    }
    Ok(())
}

fn intervals_add_up(record: &Record) -> Result<(), TestCaseError> {
    let operations = || record.intervals.iter().flat_map(|interval| &interval.operations);
    let finished: u64 = record.operations.iter().map(OperationRecord::finished).sum();
    prop_assert_eq!(operations().map(|operation| operation.succeeded + operation.failed).sum::<u64>(), finished);
    prop_assert_eq!(
        record.intervals.iter().map(|i| i.operations_succeeded + i.operations_failed).sum::<u64>(),
        finished
    );
    let errors = record.intervals.iter().flat_map(|interval| &interval.errors);
    prop_assert_eq!(
        errors.map(|error| error.count).sum::<u64>(),
        record.errors.iter().map(|error| error.count).sum::<u64>()
    );
    let slowest = operations().map(|operation| operation.response_us.max).max();
    prop_assert_eq!(slowest, record.operations.iter().map(|operation| operation.response_us.max).max());
    Ok(())
}

fn thresholds_tell_what_the_record_tells(record: &Record) -> Result<(), TestCaseError> {
    let totals = &record.totals;
    let finished = totals.operations_finished();
    let observed = |rule: &str| {
        let threshold = record.thresholds.iter().find(|threshold| threshold.rule.starts_with(rule));
        threshold.expect("the rule is there").observed
    };
    let met = |value: f64| (finished > 0).then_some(value);
    // What was due in the warm-up and ended later is throughput too.
    let delivered = (finished > 0 || totals.throughput_per_s > 0.0).then_some(totals.throughput_per_s);
    prop_assert_eq!(observed("response.p95"), met(totals.response_us.p95 as f64));
    prop_assert_eq!(observed("response.mean"), met(totals.response_us.mean));
    prop_assert_eq!(observed("service.max"), met(totals.service_us.max as f64));
    prop_assert_eq!(observed("throughput"), delivered);
    let rate = met(totals.operations_failed as f64 / finished.max(1) as f64);
    prop_assert_eq!(observed("errors.rate"), rate);
    let failed = (totals.iterations.offered > 0).then_some(totals.iterations.failed as f64);
    prop_assert_eq!(observed("iterations.failed"), failed);
    Ok(())
}

#[test]
fn metrics_of_the_warm_up_do_not_count() {
    let scenario = r#"
        local played = require("throng.metrics").counter("played")
        return { personas = { p = { operations = { o = function() played:add() end } } } }"#;
    let settings = [("rate", "200/s"), ("duration", "200ms"), ("warm_up", "200ms")];
    let record = record(scenario, &settings, 1);
    let all: u64 = record.operations.iter().map(OperationRecord::finished).sum();
    assert_eq!(all, 80);
    let MetricValue::Counter { count, .. } = record.metrics[0].value else { panic!("{:?}", record.metrics) };
    assert!(count > 0.0 && count < 80.0, "{count}");
}

/// Users of PostgreSQL whose inserts collide now and then, on fewer connections than there are users.
const OFFICE: &str = r#"
local pg = require("throng.pg")
local insert = pg.statement("insert_member", "INSERT INTO member (id) VALUES ($1)")
local count = pg.statement("count_members", "SELECT count(*) FROM member")
return {
  needs = { "postgres" },
  thresholds = { "errors{class=unique_violation}.count > 0", "response{operation=enter}.p95 < 1h" },
  setup = function(ctx) ctx.pg:execute("CREATE TABLE member (id integer PRIMARY KEY)") end,
  personas = {
    clerk = { operations = {
      enter = { weight = 3, run = function(user) user.pg:execute(insert, user.random:integer(1, 300)) end },
      look = { weight = 1, run = function(user) user.pg:value(count) end },
    } },
  },
  verify = function(ctx)
    ctx:check(ctx.pg:value(count) == ctx.params.expected, "count: " .. ctx.pg:value(count))
  end,
  params = { expected = { default = -1 } },
}
"#;

#[test]
fn the_figures_of_a_run_against_postgresql_agree_with_its_tables() {
    let outcome = outcome(OFFICE, &[("users", "8"), ("iterations", "60"), ("connections", "3")], 2);
    assert!(outcome.error.is_none(), "{:?}", outcome.error.map(|error| error.to_string()));
    let record = outcome.record;
    let enter = record.operations.iter().find(|operation| operation.name == "enter").expect("it was played");
    // `verify` is told to expect what can't be, so that its message tells what is in the table.
    let message = record.checks[0].message.as_deref().expect("the check failed");
    assert!(message.contains(&format!("count: {}", enter.succeeded)), "{message}, {enter:?}");
    assert_eq!(record.exit_code, 3);

    let collisions: u64 = record.errors.iter().map(|error| error.count).sum();
    assert_eq!(record.errors[0].class, "sqlstate 23505 unique_violation");
    assert_eq!((collisions, enter.rows), (enter.failed, enter.succeeded));
    assert_eq!(record.totals.operations_finished(), 480);
    let statement = |label: &str| record.statements.iter().find(|statement| statement.label == label).expect("it ran");
    let insert = statement("insert_member");
    assert_eq!((insert.succeeded, insert.failed, insert.rows), (enter.succeeded, enter.failed, enter.succeeded));
    assert_eq!(insert.succeeded + insert.failed + statement("count_members").succeeded, 480);

    let pool = &record.pools[0];
    assert_eq!((pool.max_size, pool.reconnects, pool.connect_failures), (3, 0, 0));
    assert!(pool.in_use_peak <= 3 && pool.connects <= 3, "{pool:?}");
    assert!(record.totals.pool_us.max > 0, "eight users waited for three connections");
    assert!(record.thresholds.iter().all(|threshold| threshold.passed), "{:?}", record.thresholds);
    operations_add_up(&record).expect("they add up");
    times_add_up(&record).expect("they add up");
    intervals_add_up(&record).expect("they add up");
}

#[test]
fn a_statement_counts_where_its_operation_does() {
    let text = r#"
        local nap = require("throng.pg").statement("nap", "SELECT pg_sleep(0.05)")
        return {
          needs = { "postgres" },
          personas = { p = { operations = { nap = function(user) user.pg:query(nap) end } } },
        }"#;
    let record = record(text, &[("rate", "40/s"), ("duration", "500ms"), ("max_users", "1")], 1);
    // A user who naps for 50 ms takes 1 s for what falls due in half of it.
    let operation = record.operations.iter().find(|operation| operation.name == "nap").expect("it was played");
    let statement = record.statements.iter().find(|statement| statement.label == "nap").expect("it ran");
    assert_eq!((operation.phase.as_str(), operation.succeeded), ("main", 20));
    assert_eq!((statement.target.as_str(), statement.succeeded, statement.rows), ("postgres", 20, operation.rows));
}

/// The mean time that the only operation of a run had its targets for, and that of each of its statements, in µs.
fn asked(work: &str) -> (f64, Vec<(String, f64)>) {
    let text = format!(
        r#"
        local pg = require("throng.pg")
        local one = pg.statement("one", "SELECT 1")
        return {{
          needs = {{ "postgres" }},
          -- One after the other: two tests that make the table at a time would meet in the catalogue.
          setup = function(ctx)
            ctx.pg:script("BEGIN; SELECT pg_advisory_xact_lock(1); CREATE TABLE IF NOT EXISTS copied (n int); COMMIT")
          end,
          load = {{ users = 1, iterations = 1 }},
          personas = {{ p = {{ operations = {{ work = function(user) {work} end }} }} }},
        }}"#
    );
    let record = record(&text, &[("postgres", support::postgres().url().reveal())], 1);
    let operation = record.operations.iter().find(|operation| operation.name == "work").expect("it was played");
    assert_eq!(operation.succeeded, 1, "{work}: {:?}", record.errors);
    let statements = record.statements.iter().map(|s| (s.label.clone(), s.time_us.mean * s.succeeded as f64)).collect();
    (operation.target_us, statements)
}

#[test]
fn what_a_script_does_in_the_middle_of_a_copy_is_not_the_servers_time() {
    for work in [
        // Each sleeps three times, for longer in all than any server takes for a few rows.
        "local n = 0 user.pg:copy_in('copied', function() user:sleep(1) n = n + 1 if n < 3 then return { n } end end)",
        "user.pg:copy_out('(SELECT generate_series(1, 3))', function() user:sleep(1) end)",
    ] {
        let (target_us, statements) = asked(work);
        assert!(target_us > 0.0 && target_us < 3_000_000.0, "{work}: {target_us} µs");
        assert!(statements.iter().all(|(_, us)| *us < 3_000_000.0), "{work}: {statements:?}");
    }
}

#[test]
fn every_round_trip_of_a_cursor_is_timed() {
    for (work, expected) in [
        ("for _ in user.pg:cursor(one) do end", ["BEGIN", "COMMIT", "DECLARE", "one"]),
        (
            "user.pg:transaction(function(tx) for _ in tx:cursor(one) do break end end)",
            ["BEGIN", "CLOSE", "COMMIT", "DECLARE"],
        ),
    ] {
        let (target_us, statements) = asked(work);
        let labels: Vec<_> = statements.iter().map(|(label, _)| label.as_str()).collect();
        assert!(expected.iter().all(|label| labels.contains(label)), "{work}: {labels:?}");
        let sum: f64 = statements.iter().map(|(_, us)| us).sum();
        // Each is rounded to a whole µs, and long ones to a thousandth.
        let rounded = 0.002 * sum + 10.0;
        assert!((target_us - sum).abs() <= rounded, "{work}: {target_us} of {statements:?}");
    }
}
