//! Steering a run while it goes on: pauses, and users and rates that somebody changes, against a real PostgreSQL.

mod support;

use support::play::prepared;
use throng::engine::{self, Observer, Options, Order, Steered, Steering};
use throng::plan::load::By;
use throng::record::{Progress, Record, SteeredFigure};

const ASKERS: &str = r#"
return {
  needs = { "postgres" },
  personas = {
    asker = { think = "50ms", operations = {
      ask = { weight = 1, run = function(user) user.pg:value("select 1") end },
    } },
  },
}
"#;

/// Steers a run at the end of each interval, and keeps what is said to each order.
struct Helmsman<F> {
    steering: Steering,
    steer: F,
    said: Vec<String>,
}

impl<F: FnMut(&Steering, &Progress)> Observer for Helmsman<F> {
    fn stage(&mut self, _: &str) {}

    fn progress(&mut self, progress: &Progress) {
        (self.steer)(&self.steering, progress);
    }

    fn steered(&mut self, steered: &Steered) {
        self.said.push(steered.said.clone());
    }
}

/// The record of a run that `steer` steers, and what was said to each order.
fn played(settings: &[(&str, &str)], workers: u64, steer: impl FnMut(&Steering, &Progress)) -> (Record, Vec<String>) {
    let (plan, source, thresholds) = prepared(ASKERS, settings, workers);
    let steering = Steering::default();
    let options = Options { steering: Some(steering.clone()), ..Options::default() };
    let mut helmsman = Helmsman { steering, steer, said: Vec::new() };
    let outcome = engine::run(plan, source, thresholds, &options, &mut helmsman);
    if let Some(error) = outcome.error {
        panic!("{error}");
    }
    assert_sums(&outcome.record);
    (outcome.record, helmsman.said)
}

/// The record of a run that would last a minute, with an order for each number of users, given once so many are there at
/// the end of an interval; it ends when so many users are there at last.
fn counted(users: u64, orders: &[(u64, Order)], at_last: u64) -> (Record, Vec<String>) {
    let settings = [("users", &*users.to_string()), ("duration", "60s"), ("no_monitor", "all")];
    let orders = orders.iter().map(|(users, order)| (*users, Some(*order)));
    let mut orders: Vec<_> = orders.chain([(at_last, None)]).collect();
    let played = played(&settings, 2, |steering, progress| {
        if orders.first().is_none_or(|(users, _)| *users != progress.users) {
            return;
        }
        match orders.remove(0) {
            (_, Some(order)) => steering.order(order),
            (_, None) => steering.stop(),
        }
    });
    assert!(orders.is_empty(), "it never came to so many users: {orders:?}");
    played
}

/// The record of a run with orders that are given each at the end of the interval that is said.
fn steered(settings: &[(&str, &str)], workers: u64, orders: &[(u64, Order)]) -> (Record, Vec<String>) {
    let mut intervals = 0;
    played(settings, workers, |steering, _| {
        intervals += 1;
        for (_, order) in orders.iter().filter(|(after, _)| *after == intervals) {
            steering.order(*order);
        }
    })
}

fn assert_sums(record: &Record) {
    let totals = &record.totals.iterations;
    assert_eq!(totals.offered, totals.started + totals.dropped, "{totals:?}");
    assert_eq!(totals.started, totals.succeeded + totals.failed + totals.unfinished, "{totals:?}");
    let finished: u64 = record.operations.iter().map(|operation| operation.finished()).sum();
    let series = record.intervals.iter().flat_map(|interval| &interval.operations);
    assert_eq!(series.map(|operation| operation.succeeded + operation.failed).sum::<u64>(), finished);
}

fn names(record: &Record) -> Vec<&str> {
    record.phases.iter().map(|phase| phase.name.as_str()).filter(|name| *name != "drain").collect()
}

#[test]
fn users_who_are_to_be_more_come() {
    let (record, said) = counted(10, &[(10, Order::Change(By::Percent(100)))], 20);
    let change = &record.steering[0];
    assert_eq!((change.what, change.from, change.to), (SteeredFigure::Users, Some(10.0), Some(20.0)));
    assert!(said[0].starts_with("users 10 → 20 at "), "{said:?}");
    assert_eq!(record.intervals.iter().map(|interval| interval.users).max(), Some(20));
}

#[test]
fn users_who_are_too_many_leave_and_can_come_again() {
    let orders = [(4, Order::Change(By::Ones(-3))), (1, Order::Change(By::Ones(2)))];
    let (record, said) = counted(4, &orders, 3);
    assert!(said[0].starts_with("users 4 → 1 at ") && said[1].starts_with("users 1 → 3 at "), "{said:?}");
    let most = record.intervals.iter().map(|interval| interval.users).max();
    assert_eq!((most, record.steering.len()), (Some(4), 2));
}

#[test]
fn what_was_not_due_before_a_pause_comes_after_it_and_nothing_in_it() {
    let settings = [("rate", "100/s"), ("duration", "3s"), ("warm_up", "1s"), ("no_monitor", "all")];
    let orders = [(2, Order::PauseOrResume), (4, Order::PauseOrResume)];
    for workers in [1, 2] {
        let (record, said) = steered(&settings, workers, &orders);
        assert!(said[0].starts_with("paused at ") && said[1].starts_with("resumed at "), "{said:?}");
        assert_eq!(names(&record), ["warm_up", "main", "paused", "main"]);
        assert_eq!((record.totals.iterations.offered, record.totals.iterations.dropped), (300, 0));
        assert!((record.duration_s - 3.0).abs() < 1e-6, "{}", record.duration_s);
        let (paused, resumed) = (record.steering[0].at_s, record.steering[1].at_s);
        let still = record.intervals.iter().filter(|i| i.start_s >= paused && i.start_s + i.length_s <= resumed);
        assert_eq!(still.map(|interval| interval.iterations.offered).sum::<u64>(), 0);
        let end = record.phases.iter().filter(|phase| phase.measured).map(|phase| phase.to_s).fold(0.0, f64::max);
        assert!((end - (4.0 + resumed - paused)).abs() < 1e-6, "it ended at {end} s");
    }
}

#[test]
fn a_rate_that_was_changed_offers_what_it_says() {
    let settings = [("rate", "100/s"), ("duration", "4s"), ("no_monitor", "all")];
    for workers in [1, 2] {
        let (record, _) = steered(&settings, workers, &[(2, Order::Change(By::Percent(50)))]);
        let change = &record.steering[0];
        assert_eq!((change.what, change.from, change.to), (SteeredFigure::Rate, Some(100.0), Some(150.0)));
        let expected = 100.0 * change.at_s + 150.0 * (4.0 - change.at_s);
        let offered = record.totals.iterations.offered as f64;
        // One more where the one rate ends, and one where the other begins.
        assert!((offered - expected).abs() <= 2.0, "{offered} offered, {expected} expected");
    }
}

#[test]
fn iterations_that_are_counted_are_played_once_each_whatever_is_steered() {
    let settings = [("users", "3"), ("iterations", "30"), ("no_monitor", "all")];
    let orders = [(1, Order::Change(By::Percent(10))), (1, Order::PauseOrResume), (2, Order::PauseOrResume)];
    let (record, said) = steered(&settings, 2, &orders);
    assert_eq!(said[0], "a load of so many iterations keeps its users");
    assert_eq!((record.totals.iterations.started, record.totals.iterations.unfinished), (90, 0));
    assert_eq!(names(&record), ["main", "paused", "main"]);
}

#[test]
fn a_run_that_is_stopped_while_it_stands_still_ends() {
    let mut intervals = 0;
    let (record, _) = played(&[("users", "3"), ("duration", "1h")], 2, |steering, _| {
        intervals += 1;
        match intervals {
            1 => steering.order(Order::PauseOrResume),
            2 => steering.stop(),
            _ => {}
        }
    });
    assert_eq!(record.verdict, throng::record::Verdict::Interrupted);
    assert_eq!(names(&record), ["main", "paused"]);
    assert_eq!(record.totals.iterations.unfinished, 0);
}
