//! The engine as a whole: every load model, and sums that hold.

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use support::play::{outcome, record, watched};
use throng::analysis::{Limit, delivery, saturating};
use throng::engine::{Observer, Observers};
use throng::plan::Plan;
use throng::record::{IntervalInput, Progress, Record, Verdict};
use throng::stats::Interval;

const SLEEPERS: &str = r#"
return {
  personas = {
    quick = { share = 75, operations = {
      short = { weight = 3, run = function(user) user:sleep(0.001) end },
      fails = { weight = 1, run = function(user) user:check(false, "as planned") end },
    } },
    slow = { share = 25, think = "1ms", run = function(user)
      user:operation("first", function() user:sleep(0.001) end)
      user:operation("second", function() user:sleep(0.002) end)
    end },
  },
}
"#;

/// What must hold of every record.
fn assert_sums(record: &Record) {
    assert_iterations(record);
    let failed: u64 = record.operations.iter().map(|operation| operation.failed).sum();
    assert_eq!(record.errors.iter().map(|error| error.count).sum::<u64>(), failed);
    let finished: u64 = record.operations.iter().map(|operation| operation.finished()).sum();
    let series = record.intervals.iter().flat_map(|interval| &interval.operations);
    assert_eq!(series.map(|operation| operation.succeeded + operation.failed).sum::<u64>(), finished);
}

/// What must hold even when errors are met outside operations.
fn assert_iterations(record: &Record) {
    let totals = &record.totals.iterations;
    assert_eq!(totals.offered, totals.started + totals.dropped, "{totals:?}");
    assert_eq!(totals.started, totals.succeeded + totals.failed + totals.unfinished, "{totals:?}");
    for persona in &record.personas {
        let counts = &persona.iterations;
        assert_eq!(counts.offered, counts.started + counts.dropped, "{counts:?}");
        assert_eq!(counts.started, counts.succeeded + counts.failed + counts.unfinished, "{counts:?}");
    }
}

#[test]
fn users_times_iterations_plays_each_iteration_once() {
    for workers in [1, 2] {
        let record = record(SLEEPERS, &[("users", "8"), ("iterations", "5")], workers);
        assert_sums(&record);
        assert_eq!(record.totals.iterations.started, 40);
        assert_eq!(record.totals.iterations.unfinished, 0);
        assert_eq!(record.verdict, Verdict::Passed, "{:?}", record.reasons);
        let first = record.operations.iter().find(|operation| operation.name == "first").unwrap();
        assert_eq!((first.succeeded, first.persona.as_str()), (10, "slow"));
    }
}

#[test]
fn shared_iterations_are_played_once_whoever_takes_them() {
    let record = record(SLEEPERS, &[("users", "7"), ("shared_iterations", "100")], 2);
    assert_sums(&record);
    assert_eq!(record.totals.iterations.started, 100);
}

#[test]
fn constant_and_ramping_users_play_for_the_time_given() {
    for settings in [
        [("users", "6"), ("duration", "300ms"), ("ramp_up", "100ms")].as_slice(),
        &[("stages", "100ms:6,100ms:6,100ms:0")],
    ] {
        let record = record(SLEEPERS, settings, 2);
        assert_sums(&record);
        assert!(record.totals.iterations.started > 6, "{:?}", record.totals);
        assert!((record.duration_s - 0.3).abs() < 0.01, "{}", record.duration_s);
    }
}

#[test]
fn an_open_load_offers_exactly_what_was_asked_for() {
    for (settings, offered) in [
        ([("rate", "500/s"), ("duration", "400ms")].as_slice(), 200),
        (&[("rate", "500/s"), ("duration", "400ms"), ("arrivals", "poisson")], 200),
        (&[("stages", "200ms:500/s,200ms:500/s")], 150),
        (&[("rate", "1000/s"), ("duration", "200ms"), ("max_users", "2"), ("overflow", "drop")], 200),
        (&[("rate", "1000/s"), ("duration", "200ms"), ("max_users", "2"), ("overflow", "queue")], 200),
    ] {
        for workers in [1, 2] {
            let record = record(SLEEPERS, settings, workers);
            assert_sums(&record);
            assert_eq!(record.totals.iterations.offered, offered, "{settings:?}");
        }
    }
}

#[test]
fn arrivals_beyond_the_users_allowed_are_dropped_or_wait() {
    let busy = "return { personas = { p = { operations = { o = function(user) user:sleep(0.1) end } } } }";
    let load = |overflow| [("rate", "100/s"), ("duration", "300ms"), ("max_users", "1"), ("overflow", overflow)];
    let dropped = record(busy, &load("drop"), 1);
    assert_sums(&dropped);
    assert!(dropped.totals.iterations.dropped > 20, "{:?}", dropped.totals);
    assert_overloaded(dropped);
    let queued = record(busy, &load("queue"), 1);
    assert_sums(&queued);
    assert_eq!(queued.totals.iterations.dropped, 0);
    let operation = &queued.operations[0];
    // The last of 30 arrivals waits for the 29 before it, which take 2.9 s while it came after 0.29 s.
    assert!(operation.wait_us.max > 2_000_000, "{:?}", operation.wait_us);
    assert!(operation.service_us.p50 < operation.response_us.p50);
    assert_overloaded(queued);
}

/// A user who takes 100 ms delivers 10 of 100 iterations a second, whatever comes to an end after the load's.
fn assert_overloaded(mut record: Record) {
    assert!(record.totals.throughput_per_s <= 15.0, "{:?}", record.totals);
    // A busy machine may hold the generator back as well.
    record.generator = Default::default();
    let delivery = delivery(&record).expect("an open load");
    assert!((delivery.asked_per_s - 100.0).abs() < 1.0 && delivery.delivered_per_s <= 15.0, "{delivery:?}");
    assert_eq!(delivery.limit, Some(Limit::Users));
}

#[test]
fn the_persona_that_burns_processor_time_is_named() {
    let text = r#"
        return {
          personas = {
            burner = { share = 50, operations = {
              burn = function() local sum = 0 for n = 1, 200000 do sum = sum + n % 7 end end,
            } },
            caller = { share = 50, think = "5ms", operations = {
              call = function(user) user:sleep(0.001) end,
            } },
          },
        }"#;
    let record = record(text, &[("users", "4"), ("duration", "1s")], 2);
    let generator = &record.generator;
    // Two users burn, two call; each worker has one of both, or one has two of a kind.
    let percent = |persona: &str| -> f64 {
        generator.busy.iter().filter(|busy| busy.persona == persona).map(|busy| busy.percent).sum()
    };
    assert!(percent("burner") > percent("caller"), "{generator:?}");
    assert!(generator.suspect, "{generator:?}");
    assert_eq!(saturating(generator).map(|busy| busy.persona.as_str()), Some("burner"), "{generator:?}");
}

#[test]
fn an_operation_counts_where_it_was_due_and_makes_throughput_where_it_ended() {
    let text = r#"
        local phase = require("throng.phase")
        return {
          thresholds = { "throughput{phase=before} == 0/s", "throughput{phase=after} > 0/s" },
          personas = { p = { run = function(user)
            phase.begin("before")
            user:sleep(0.01)
            user:operation("o", function() phase.begin("after") user:sleep(0.01) end)
          end } },
        }"#;
    let record = record(text, &[("users", "1"), ("iterations", "1")], 1);
    let counted = |phase: &str| {
        let mut of_phase = record.operations.iter().filter(|operation| operation.phase == phase);
        of_phase.next().map(|operation| (operation.succeeded, operation.in_time))
    };
    assert_eq!((counted("before"), counted("after")), (Some((1, 0)), Some((0, 1))));
    assert_eq!(record.verdict, Verdict::Passed, "{:?}", record.thresholds);
}

#[test]
fn a_run_in_which_every_iteration_fails_is_not_green_whatever_its_operations_did() {
    let text = r#"return { personas = { p = { run = function(user)
        user:operation("ok", function() end)
        user:check(false, "wrong at the end")
    end } } }"#;
    let record = record(text, &[("users", "2"), ("iterations", "3"), ("thresholds", "errors.rate == 50%")], 1);
    assert_iterations(&record);
    let totals = &record.totals;
    assert_eq!((totals.operations_succeeded, totals.errors_outside, totals.iterations.failed), (6, 6, 6));
    assert_eq!((record.verdict, record.exit_code), (Verdict::Failed, 1));
    assert_eq!(record.reasons, ["no iteration succeeded"]);
    assert_eq!(record.thresholds[0].observed, Some(0.5));
}

#[test]
fn trends_and_times_are_not_rounded_where_they_need_not_be() {
    let text = r#"
        local size = require("throng.metrics").trend("size")
        return {
          thresholds = { "size.mean == 10", "size.min == 10", "size.p99 == 10", "response.min >= 10ms" },
          personas = { p = { operations = { o = function(user) user:sleep(0.01) size:add(10) end } } },
        }"#;
    let record = record(text, &[("users", "2"), ("iterations", "3")], 2);
    assert_eq!(record.verdict, Verdict::Passed, "{:?}", record.thresholds);
}

#[test]
fn windows_of_a_timed_run_leave_out_what_is_before_and_after_it() {
    let busy = "return { personas = { p = { operations = { o = function(user) user:sleep(0.2) end } } } }";
    let load = [("users", "4"), ("duration", "2500ms"), ("warm_up", "500ms"), ("thresholds", "throughput[1s] > 5/s")];
    let record = record(busy, &load, 2);
    assert_eq!(record.verdict, Verdict::Passed, "{:?}", record.thresholds);
}

#[test]
fn warm_up_is_played_and_left_out_of_the_totals() {
    let record = record(SLEEPERS, &[("rate", "200/s"), ("duration", "200ms"), ("warm_up", "100ms")], 2);
    assert_sums(&record);
    assert_eq!(record.totals.iterations.offered, 40);
    assert!(record.operations.iter().any(|operation| operation.phase == "warm_up"));
    assert!((record.duration_s - 0.2).abs() < 0.01, "{}", record.duration_s);
}

#[test]
fn iterations_that_do_not_end_in_time_are_unfinished_and_counted() {
    let endless = "return { personas = { p = { operations = { o = function(user) user:sleep(60) end } } } }";
    for settings in [
        [("users", "3"), ("duration", "50ms"), ("graceful_stop", "50ms")].as_slice(),
        &[("rate", "100/s"), ("duration", "50ms"), ("graceful_stop", "50ms")],
    ] {
        let outcome = outcome(endless, settings, 2);
        let record = outcome.record;
        assert_sums(&record);
        assert!(record.totals.iterations.unfinished > 0);
        assert_eq!(record.totals.iterations.unfinished, record.totals.iterations.started);
        assert_eq!(record.totals.operations_unfinished, record.totals.iterations.unfinished);
        assert_eq!((record.verdict, record.exit_code), (Verdict::Failed, 1), "nothing succeeded");
    }
}

#[test]
fn a_user_thinks_no_longer_than_the_load_lasts() {
    let thoughtful = "return { personas = { p = { operations = { o = function(user) user:think('1h') end } } } }";
    for settings in [
        [("users", "3"), ("duration", "50ms"), ("graceful_stop", "10s")].as_slice(),
        &[("rate", "100/s"), ("duration", "50ms"), ("graceful_stop", "10s")],
        &[("stages", "0s:1,100ms:1,0s:0,100ms:0,0s:1,100ms:1"), ("graceful_stop", "10s")],
    ] {
        let record = record(thoughtful, settings, 1);
        let iterations = record.totals.iterations;
        assert!(iterations.succeeded > 0 && iterations.unfinished == 0, "{settings:?}: {iterations:?}");
    }
}

#[test]
fn a_length_of_time_that_never_ends_is_refused_where_it_stands() {
    for call in ["user:sleep(1e19)", "user:sleep(math.huge)", "user:sleep(-1)"] {
        let text = format!("return {{ personas = {{ p = {{ operations = {{ o = function(user) {call} end }} }} }} }}");
        let outcome = outcome(&text, &[("users", "1"), ("iterations", "1")], 1);
        let error = outcome.error.expect("the run failed").to_string();
        assert!(error.contains("neither negative nor endless") && error.contains("scripts/test.lua:1"), "{error}");
    }
}

#[test]
fn a_script_bug_ends_the_run_and_names_the_place() {
    let bug =
        "return { personas = { p = { operations = { o = function(user)\n  local t = nil\n  return t.x\nend } } } }";
    let outcome = outcome(bug, &[("users", "2"), ("iterations", "1000000")], 2);
    let error = outcome.error.expect("the run failed").to_string();
    assert!(error.contains("scripts/test.lua:3:"), "{error}");
    assert!(error.contains("persona `p`"), "{error}");
    assert_sums(&outcome.record);
    assert_eq!((outcome.record.verdict, outcome.record.exit_code), (Verdict::Aborted, 1));
    assert_eq!(outcome.record.errors[0].class, "script bug");
}

#[test]
fn a_script_that_never_gives_way_is_found_and_named() {
    for text in [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local s = ('a'):rep(40) return s:find(('a*'):rep(20) .. 'b')",
    ] {
        let scenario = format!("return {{ personas = {{ p = {{ operations = {{ o = function() {text} end }} }} }} }}");
        let outcome = outcome(&scenario, &[("users", "1"), ("iterations", "1")], 1);
        let error = outcome.error.expect("the run failed").to_string();
        assert!(error.contains("persona `p`"), "{error}");
        assert_eq!(outcome.record.exit_code, 1);
    }
}

#[test]
fn a_script_that_allocates_without_end_meets_the_limit_of_its_worker() {
    for text in ["return #('x'):rep(1 << 40)", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end"] {
        let scenario = format!("return {{ personas = {{ p = {{ operations = {{ o = function() {text} end }} }} }} }}");
        let settings = [("users", "1"), ("iterations", "1"), ("memory_limit", "32MB")];
        let outcome = outcome(&scenario, &settings, 1);
        let error = outcome.error.expect("the run failed").to_string();
        assert!(error.contains("out of memory") || error.contains("too large"), "{error}");
        assert_eq!(outcome.record.exit_code, 1);
    }
}

#[test]
fn a_result_that_there_is_no_memory_for_meets_the_same_limit() {
    let text = "return { needs = { 'postgres' }, personas = { p = { operations = { o = function(user)
      user.pg:query(\"SELECT n, repeat('x', 1000) FROM generate_series(1, 100000) n\")
    end } } } }";
    let postgres = support::postgres().url();
    let settings = [("postgres", postgres.reveal()), ("users", "1"), ("iterations", "1"), ("memory_limit", "32MB")];
    let outcome = outcome(text, &settings, 1);
    let error = outcome.error.expect("the run failed").to_string();
    assert!(error.contains("out of memory") && error.contains("scripts/test.lua:2"), "{error}");
}

#[test]
fn errors_in_setup_and_teardown_are_told_apart() {
    let scenario = |name: &str| format!("return {{ {name} = function() error('broken') end, {OK} }}");
    const OK: &str = "personas = { p = { operations = { o = function() end } } }";
    let played = |name| outcome(&scenario(name), &[("users", "1"), ("iterations", "1")], 1);
    let setup = played("setup");
    assert_eq!((setup.record.verdict, setup.record.exit_code), (Verdict::Aborted, 1));
    assert!(setup.error.unwrap().to_string().contains("scripts/test.lua:1: broken (in setup)"));
    let verify = played("verify");
    assert_eq!((verify.record.exit_code, verify.record.totals.operations_succeeded), (1, 1));
    let teardown = played("teardown");
    assert_eq!((teardown.record.exit_code, teardown.record.totals.operations_succeeded), (1, 1));
    assert!(teardown.error.unwrap().to_string().contains("scripts/test.lua:1: broken (in teardown)"));
    let left = "return { teardown = function(ctx) ctx:check(false, 'a table is left') end, ".to_owned() + OK + " }";
    let left = outcome(&left, &[("users", "1"), ("iterations", "1")], 1).record;
    assert_eq!((left.exit_code, left.reasons[0].ends_with("a table is left")), (3, true), "{:?}", left.reasons);
}

/// How a run ends whose `verify` is this, after an operation has counted `likes`.
fn verified_by(verify: &str) -> (u8, String) {
    let text = format!(
        "local verify = require('throng.verify')
        return {{ verify = function(ctx) {verify} end,
          personas = {{ p = {{ operations = {{ o = function() verify.counted('likes', function() end) end }} }} }} }}"
    );
    let outcome = outcome(&text, &[("users", "1"), ("iterations", "1")], 1);
    let told = outcome.error.map_or_else(|| outcome.record.reasons.join("; "), |error| error.to_string());
    (outcome.record.exit_code, told)
}

#[test]
fn a_verify_that_judges_nothing_is_never_green() {
    for (verify, exit_code, told) in [
        ("local checks = verify.new() checks:counted('likes', 1) checks:finish()", 0, ""),
        ("return true", 0, ""),
        ("local checks = verify.new() checks:equal('rows', 1, 2)", 1, "`checks:finish()`"),
        ("verify.new():finish()", 3, "no check was made"),
        ("return false, 'data lost'", 3, "verify failed: data lost"),
        ("return nil, 'data lost'", 3, "verify failed: data lost"),
        ("return false", 3, "`verify` returned false"),
        ("local checks = verify.new() checks:counted('typo', 0) checks:finish()", 1, "`typo`, which nobody counted"),
        ("local checks = verify.new() checks:counted('likes', 1) checks:counted('never', 0) checks:finish()", 0, ""),
    ] {
        let (code, said) = verified_by(verify);
        assert_eq!(code, exit_code, "{verify}: {said}");
        assert!(said.contains(told), "{verify}: {said}");
    }
}

#[test]
fn a_persona_with_an_operation_for_every_row_is_told_so() {
    let text = "return { personas = { p = { run = function(user)
      for row = 1, 1001 do user:operation('read_' .. row, function() end) end
    end } } }";
    let outcome = outcome(text, &[("users", "1"), ("iterations", "1")], 1);
    let error = outcome.error.expect("the run failed").to_string();
    assert!(error.contains("persona `p` has 1000 operations already, and `read_1001` would be one more"), "{error}");
    assert_eq!(outcome.record.exit_code, 1);
}

#[test]
fn setup_is_not_held_to_the_users_limit_on_a_statement() {
    let text = "return { needs = { 'postgres' },
      setup = function(ctx) ctx.pg:query('SELECT pg_sleep(0.2)') end,
      personas = { p = { operations = { o = function(user) user.pg:query('SELECT pg_sleep(0.2)') end } } } }";
    let url = support::postgres().url();
    let settings = [("users", "1"), ("iterations", "1"), ("statement_timeout", "20ms"), ("postgres", url.reveal())];
    let outcome = outcome(text, &settings, 1);
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(outcome.record.errors[0].class, "timeout");
}

#[test]
fn a_server_that_throng_starts_is_set_up_as_the_scenario_needs_it_and_another_is_left_alone() {
    let text = "return {
      needs = { { 'postgres', settings = { work_mem = '123kB', jit = false } }, { 'redis', settings = { maxmemory = '5mb' } } },
      verify = function(ctx)
        local found = { ctx.pg:value('SHOW work_mem'), ctx.pg:value('SHOW jit'), ctx.redis:info('memory'):match('maxmemory_human:(%g+)') }
        ctx:check(false, table.concat(found, ' '))
      end,
      personas = { p = { operations = { o = function() end } } } }";
    let found = |settings: &[(&str, &str)]| {
        let settings = [&[("users", "1"), ("iterations", "1")], settings].concat();
        let outcome = outcome(text, &settings, 1);
        assert!(outcome.error.is_none(), "{:?}", outcome.error);
        outcome.record.checks[0].message.clone().unwrap_or_default()
    };
    let message = found(&[]);
    assert!(message.contains("123kB off 5.00M"), "{message}");
    let (postgres, redis) = (support::postgres().url(), support::redis().url());
    let message = found(&[("postgres", postgres.reveal()), ("redis", redis.reveal())]);
    assert!(message.contains("4MB on 0B"), "{message}");
}

#[test]
fn a_failed_check_in_verify_fails_the_run_and_keeps_its_figures() {
    let text = "return { verify = function(ctx) ctx:check(false, 'a row is missing') end,
      personas = { p = { operations = { o = function() end } } } }";
    let outcome = outcome(text, &[("users", "1"), ("iterations", "3")], 1);
    assert_eq!((outcome.record.verdict, outcome.record.exit_code), (Verdict::Failed, 3));
    assert!(outcome.record.reasons[0].contains("a row is missing"), "{:?}", outcome.record.reasons);
    assert_eq!(outcome.record.totals.operations_succeeded, 3);
}

/// Operations note what they did, by user or arrival and iteration; `verify` fails with all of it, in order.
const NOTED: &str = r#"
local shared, gen = require("throng.shared"), require("throng.gen")
local function note(user, operation)
  local what = ("%s:%d %s %d %s"):format(operation, user.random:integer(1, 1000), user.random:choice({ "a", "b", "c" }),
    user.random:integer(math.mininteger, math.maxinteger), gen.email(user.random:integer(1, 1000)))
  shared.map("notes"):set(("%s/%s/%05d"):format(user.persona, OPEN and "" or user.number, user.iteration), what)
end
local function operation(name) return { weight = #name, run = function(user) note(user, name) end } end
return {
  verify = function(ctx)
    local notes, lines = shared.map("notes"), {}
    for _, key in ipairs(notes:keys()) do lines[#lines + 1] = key .. "=" .. notes:get(key) end
    table.sort(lines)
    ctx:check(false, table.concat(lines, "\n"))
  end,
  personas = {
    reader = { share = 60, operations = { find = operation("find"), list_all = operation("list_all") } },
    writer = { share = 40, think = "1ms..3ms", operations = { add = operation("add"), change = operation("change") } },
  },
}
"#;

#[test]
fn a_seed_gives_the_same_operations_and_data_whatever_the_workers() {
    for (open, settings) in [
        ("false", [("users", "9"), ("iterations", "12")].as_slice()),
        ("true", &[("rate", "400/s"), ("duration", "250ms"), ("arrivals", "poisson")]),
    ] {
        let text = NOTED.replace("OPEN", open);
        let notes_of = |seed, workers| {
            let record = record(&text, &[settings, &[("seed", seed)]].concat(), workers);
            record.checks[0].message.clone().expect("the notes")
        };
        let notes = |workers| notes_of("7", workers);
        let one = notes(1);
        assert_eq!(one, notes(2));
        assert_eq!(one, notes(4));
        assert_ne!(one, notes_of("8", 1));
        assert_eq!(one.lines().count(), if open == "true" { 100 } else { 108 });
        assert_eq!(one, notes(1));
    }
}

#[test]
fn users_on_different_workers_meet_at_barriers_and_share_queues_counters_and_maps() {
    const SHARING: &str = r#"
        local shared = require("throng.shared")
        local made, taken = shared.counter("made"), shared.counter("taken")
        local jobs = shared.queue("jobs", { capacity = 3 })
        return {
          personas = {
            maker = { users = 2, operations = { make = function()
              shared.barrier("all here", 4):wait()
              jobs:push(made:add(1))
            end } },
            taker = { users = 2, operations = { take = function()
              shared.barrier("all here", 4):wait()
              taken:add(jobs:pop())
              shared.map("seen"):incr("n")
            end } },
          },
          verify = function()
            assert(made:get() == 100 and taken:get() == 5050 and jobs:size() == 0)
            assert(shared.map("seen"):get("n") == 100)
          end,
        }
    "#;
    let record = record(SHARING, &[("iterations", "50")], 2);
    assert_sums(&record);
    assert_eq!(record.verdict, Verdict::Passed, "{:?}", record.reasons);
}

#[test]
fn a_bug_in_start_or_stop_fails_the_run() {
    for frame in ["start", "stop"] {
        let text = format!(
            "return {{ personas = {{ p = {{ {frame} = function(user) local t = nil return t.x end,
               operations = {{ o = function() end }} }} }} }}"
        );
        for settings in [[("users", "2"), ("iterations", "1")].as_slice(), &[("rate", "20/s"), ("duration", "100ms")]] {
            let outcome = outcome(&text, settings, 1);
            assert_eq!(outcome.record.exit_code, 1, "{frame} {settings:?}");
            assert_iterations(&outcome.record);
        }
    }
}

#[test]
fn groups_of_few_users_are_spread_over_the_workers() {
    let persona = |name: &str| {
        format!(
            "{name} = {{ load = {{ users = 1, iterations = 1 }}, operations = {{ o = function(user) t:add(1) user:sleep(0.3) end }} }}"
        )
    };
    let personas = ["a", "b", "c", "d"].map(persona).join(", ");
    let record = record(
        &format!("local t = require('throng.shared').counter('n') return {{ personas = {{ {personas} }} }}"),
        &[],
        2,
    );
    assert_sums(&record);
    assert_eq!(record.totals.iterations.succeeded, 4);
    assert_eq!(record.workers, 2);
}

#[test]
fn a_user_that_was_interrupted_comes_back_for_its_next_span() {
    let text = "local runs = require('throng.shared').counter('runs')
      return { personas = { p = { operations = { o = function(user)
        if runs:add(1) == 1 then user:sleep(60) end
        user:sleep(0.01)
      end } } } }";
    let settings = [("stages", "0s:1,100ms:1,0s:0,300ms:0,0s:1,200ms:1"), ("graceful_stop", "50ms")];
    let record = record(text, &settings, 1);
    assert_sums(&record);
    assert_eq!(record.totals.iterations.unfinished, 1);
    assert!(record.totals.iterations.succeeded > 1, "{:?}", record.totals);
}

#[test]
fn a_setup_or_verify_that_never_gives_way_is_found_and_named() {
    for stage in ["setup", "verify"] {
        let text = format!(
            "return {{ {stage} = function() local s = ('a'):rep(40) return s:find(('a*'):rep(20) .. 'b') end,
               personas = {{ p = {{ operations = {{ o = function() end }} }} }} }}"
        );
        let outcome = outcome(&text, &[("users", "1"), ("iterations", "1")], 1);
        let error = outcome.error.expect("the run failed").to_string();
        assert!(error.contains(stage), "{error}");
        assert_eq!(outcome.record.exit_code, 1);
        assert_eq!(outcome.record.totals.operations_succeeded, u64::from(stage == "verify"));
    }
}

#[test]
fn the_intervals_are_as_long_as_the_run() {
    let text = "return { personas = { p = { operations = { o = function(user) user:sleep(0.05) end } } } }";
    let record = record(text, &[("users", "2"), ("iterations", "25"), ("thresholds", "throughput[1s] > 1/s")], 2);
    let intervals: f64 = record.intervals.iter().map(|interval| interval.length_s).sum();
    assert!((intervals - record.duration_s).abs() < 0.005, "{intervals} {}", record.duration_s);
    assert_eq!(record.intervals.len(), 2);
    assert_eq!(record.exit_code, 0, "{:?}", record.reasons);
}

#[test]
fn an_open_load_lasts_until_its_end_whenever_its_last_arrival_was_due() {
    let text = "return { personas = { p = { operations = { o = function() end } } } }";
    let record = record(text, &[("rate", "5/s"), ("duration", "700ms")], 1);
    assert_eq!(record.totals.iterations.offered, 4);
    assert!((record.duration_s - 0.7).abs() < 0.01, "{}", record.duration_s);
}

#[test]
fn personas_of_an_open_load_share_its_users() {
    let personas = |text: &str| format!("return {{ personas = {{ {text} }} }}");
    let sleeper = |name: &str, share: u32| {
        format!("{name} = {{ share = {share}, operations = {{ o = function(user) user:sleep(0.01) end }} }}")
    };
    let text = personas(&[sleeper("most", 75), sleeper("few", 25)].join(", "));
    let load = |max_users| [("rate", "500/s"), ("duration", "400ms"), ("max_users", max_users)];
    let one = record(&text, &load("1"), 1);
    assert_sums(&one);
    assert!(one.intervals.iter().all(|interval| interval.users <= 1), "{:?}", one.intervals);
    assert!(one.personas.iter().all(|persona| persona.iterations.succeeded > 10), "{:?}", one.personas);
    // As many users as arrivals: nobody has to wait for one.
    let all = record(&text, &load("200"), 1);
    assert_eq!((all.totals.iterations.offered, all.totals.iterations.succeeded), (200, 200));
    assert!(all.operations.iter().all(|operation| operation.wait_us.p50 < 5_000), "{:?}", all.operations[0].wait_us);
}

/// Adds up all that it is told.
#[derive(Clone, Default)]
struct Listener(Rc<RefCell<Heard>>);

#[derive(Default)]
struct Heard {
    run_id: String,
    sum: Interval,
    intervals: usize,
    /// How often progress came after its interval.
    in_order: usize,
}

impl Observer for Listener {
    fn begins(&mut self, plan: &Plan) {
        self.0.borrow_mut().run_id = plan.run_id.clone();
    }

    fn stage(&mut self, _: &str) {}

    fn interval(&mut self, interval: &IntervalInput<'_>) {
        let mut heard = self.0.borrow_mut();
        heard.sum.merge(interval.figures);
        heard.intervals += 1;
    }

    fn progress(&mut self, _: &Progress) {
        let mut heard = self.0.borrow_mut();
        heard.in_order += usize::from(heard.intervals == heard.in_order + 1);
    }
}

#[test]
fn all_who_watch_a_run_are_told_what_its_record_sums_up() {
    let listeners = [Listener::default(), Listener::default()];
    let boxed = listeners.iter().map(|listener| Box::new(listener.clone()) as Box<dyn Observer>);
    let mut observers = Observers(boxed.collect());
    let record = watched(SLEEPERS, &[("users", "8"), ("duration", "1200ms")], 2, &mut observers).record;
    for listener in &listeners {
        let heard = listener.0.borrow();
        assert_eq!(heard.run_id, record.run_id);
        assert_eq!((heard.intervals, heard.in_order), (record.intervals.len(), record.intervals.len()));
        for operation in &record.operations {
            let key = (&operation.persona, &operation.name, &operation.phase);
            let cell = heard.sum.cells.iter().find(|(cell, _)| (&cell.persona, &cell.operation, &cell.phase) == key);
            let (_, stats) = cell.unwrap_or_else(|| panic!("nothing was told of {key:?}"));
            assert_eq!((stats.succeeded, stats.failed), (operation.succeeded, operation.failed), "{key:?}");
            assert_eq!(stats.response.summary(), operation.response_us, "{key:?}");
        }
        let errors: u64 = record.errors.iter().map(|error| error.count).sum();
        assert_eq!(heard.sum.errors.values().map(|stats| stats.count).sum::<u64>(), errors);
    }
}
