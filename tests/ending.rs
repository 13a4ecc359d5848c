//! Where a load ends, and what becomes of what is under way then.

mod support;

use support::play::{outcome, prepared, record};
use throng::engine::{self, Observer, Options, Steering};
use throng::record::{Progress, Record};

/// Stops a run once its first interval is over.
struct Stopper(Option<Steering>);

impl Observer for Stopper {
    fn stage(&mut self, _: &str) {}

    fn progress(&mut self, _: &Progress) {
        self.0.take().inspect(Steering::stop);
    }
}

fn assert_offered(record: &Record) {
    let totals = &record.totals.iterations;
    assert_eq!(totals.offered, totals.started + totals.dropped, "{totals:?}");
    assert_eq!(totals.started, totals.succeeded + totals.failed + totals.unfinished, "{totals:?}");
}

#[test]
fn the_place_of_a_user_that_can_not_start_goes_to_the_arrival_that_waits_longest() {
    let text = "
      local tries = require('throng.shared').counter('tries')
      return { personas = { p = {
        start = function(user)
          if tries:add(1) == 1 then user:sleep(0.3) user:check(false, 'not yet') end
        end,
        operations = { o = function(user) user:sleep(0.001) end },
      } } }";
    // All fall due while the first user fails to start, and nobody comes after them.
    let load = [("rate", "100/s"), ("duration", "200ms"), ("max_users", "1"), ("overflow", "queue")];
    let record = record(text, &load, 1);
    assert_offered(&record);
    assert_eq!((record.totals.iterations.dropped, record.totals.iterations.succeeded), (1, 19));
}

#[test]
fn the_target_is_tidied_up_after_a_worker_that_had_to_be_given_up() {
    let text = "return {
      teardown = function(ctx) require('throng.time').sleep(0.01) ctx:check(false, 'come to its end') end,
      personas = { p = { operations = { o = function()
        local s = ('a'):rep(40) return s:find(('a*'):rep(20) .. 'b')
      end } } },
    }";
    let outcome = outcome(text, &[("users", "1"), ("iterations", "1")], 1);
    assert!(outcome.error.expect("the run failed").to_string().contains("persona `p`"));
    let told = outcome.record.checks.iter().find(|check| check.name == "teardown").expect("it was run");
    assert!(told.message.as_ref().is_some_and(|message| message.contains("come to its end")), "{told:?}");
}

#[test]
fn the_load_lasts_as_long_as_its_timed_part_where_others_play_a_count_and_are_done() {
    let text = "return { personas = {
      once = { load = { users = 1, iterations = 1 }, operations = { o = function() end } },
      long = { load = { users = 2, duration = '2s' }, operations = { o = function(user) user:sleep(1.2) end } },
    } }";
    for workers in [1, 2] {
        let record = record(text, &[], workers);
        assert_offered(&record);
        let phases: Vec<_> = record.phases.iter().map(|phase| (phase.name.as_str(), phase.from_s)).collect();
        assert_eq!(phases, [("main", 0.0), ("drain", 2.0)]);
    }
}

#[test]
fn what_is_seen_through_after_a_stop_is_no_part_of_the_load() {
    let text = "return { personas = { p = { operations = { o = function(user)
      if user.state.slow then user:sleep(2.5) else user.state.slow = true end
    end } } } }";
    let steering = Steering::default();
    let mut stopper = Stopper(Some(steering.clone()));
    let (plan, source, thresholds) = prepared(text, &[("users", "2"), ("duration", "1h")], 2);
    let options = Options { steering: Some(steering), ..Options::default() };
    let record = engine::run(plan, source, thresholds, &options, &mut stopper).record;
    assert_offered(&record);
    let names: Vec<_> = record.phases.iter().map(|phase| phase.name.as_str()).collect();
    assert_eq!(names, ["main", "drain"]);
    let [main, drain] = [&record.phases[0], &record.phases[1]].map(|phase| phase.to_s - phase.from_s);
    // What goes on has more than a second to go when the first interval is over, whatever else the machine does.
    assert!(drain > 0.5 && main < 2.5, "{:?}", record.phases);
    assert_eq!((record.totals.operations_succeeded, record.totals.throughput_per_s), (4, 2.0 / main));
}
