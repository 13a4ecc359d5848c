//! A population of users over time.

use std::time::Duration;

use super::Stage;
use super::stretch::{self, Scale};

/// A population: users numbered from 0, each active during its spans.
///
/// The target number of users is a continuous line through the stages, and
/// user `k` is active while that line is above `k`: on the way from 0 to 50
/// users in 50 s, user 0 starts at once and user 49 at 49 s. So as many users
/// are active as the target rounded up, and on the way down those with the
/// highest numbers leave first.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedSchedule {
    start: u64,
    stages: Vec<Stage<u64>>,
    iterations: Iterations,
}

/// One stretch of a user's activity, on the run's clock (0 = start of warm-up).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the user starts.
    pub from: Duration,
    /// When it starts no further iteration; `None` when only iterations end it.
    pub to: Option<Duration>,
}

/// How many iterations the users of a closed load play in the measured part.
/// Those begun in the warm-up do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iterations {
    /// Each user this many.
    PerUser(u64),
    /// All users together this many, taken from one counter.
    Shared(u64),
    /// Until the span ends.
    Unlimited,
}

impl ClosedSchedule {
    /// Users who start spread evenly over `ramp_up` and stay until the clock or the iterations end them.
    ///
    /// `end` counts from the start of the warm-up and is not before the end of the ramp.
    pub(super) fn fixed(users: u64, ramp_up: Duration, end: Option<Duration>, iterations: Iterations) -> Self {
        let mut stages = vec![Stage { duration: ramp_up, to: users }];
        stages.extend(end.map(|end| Stage { duration: end.saturating_sub(ramp_up), to: users }));
        Self { start: 0, stages, iterations }
    }

    /// Users who follow a target from `start` through `stages` until their end.
    pub(super) fn staged(start: u64, stages: Vec<Stage<u64>>) -> Self {
        Self { start, stages, iterations: Iterations::Unlimited }
    }

    /// Most users at once; their numbers are below it.
    pub fn users(&self) -> u64 {
        self.stages.iter().map(|stage| stage.to).fold(self.start, u64::max)
    }

    /// How many iterations are played.
    pub fn iterations(&self) -> Iterations {
        self.iterations
    }

    /// When the last user is to stop; `None` when only iterations end the load.
    pub fn end(&self) -> Option<Duration> {
        (self.iterations == Iterations::Unlimited).then(|| self.stages.iter().map(|stage| stage.duration).sum())
    }

    /// The target at `at`, rounded up.
    pub(super) fn users_at(&self, at: Duration) -> u64 {
        stretch::height(self.start, &self.stages, at)
    }

    /// What is left from `at` on, scaled so that it begins with `to` users; none where there would be nobody.
    pub(super) fn rest(&self, at: Duration, to: u64) -> Option<Self> {
        let of = self.users_at(at);
        let scale = Scale { to, of };
        (of > 0).then(|| Self {
            start: to,
            stages: stretch::rest(&self.stages, at, scale),
            iterations: self.iterations,
        })
    }

    /// When user number `user` is active, in order, neither overlapping nor touching.
    pub fn spans(&self, user: u64) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut since = (self.start > user).then_some(Duration::ZERO);
        let (mut at, mut level) = (Duration::ZERO, self.start);
        for stage in &self.stages {
            match (level > user, stage.to > user) {
                (false, true) => since = Some(at + part(stage.duration, user - level, stage.to - level)),
                (true, false) => {
                    let to = at + part(stage.duration, level - user, level - stage.to);
                    close(&mut spans, since.take(), Some(to));
                }
                _ => {}
            }
            at += stage.duration;
            level = stage.to;
        }
        close(&mut spans, since, self.end());
        spans
    }
}

/// `duration × count / of`, rounded down to a nanosecond.
fn part(duration: Duration, count: u64, of: u64) -> Duration {
    // Durations of a load are bounded to a year, so the nanoseconds fit.
    Duration::from_nanos((duration.as_nanos() * u128::from(count) / u128::from(of)) as u64)
}

/// Adds a span that began at `since`; one that touches the last is joined with it, an empty one is left out.
fn close(spans: &mut Vec<Span>, since: Option<Duration>, to: Option<Duration>) {
    let Some(from) = since else { return };
    if Some(from) == to {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.to == Some(from) => last.to = to,
        _ => spans.push(Span { from, to }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stages() -> impl Strategy<Value = Vec<Stage<u64>>> {
        let stage = (prop_oneof![Just(0u64), 1u64..100_000_000_000], 0u64..60)
            .prop_map(|(ns, to)| Stage { duration: Duration::from_nanos(ns), to });
        prop::collection::vec(stage, 1..8)
    }

    /// The target at a time before the end, rounded up.
    fn users_at(start: u64, stages: &[Stage<u64>], time: Duration) -> u64 {
        let (mut at, mut level) = (Duration::ZERO, start);
        for stage in stages {
            if time < at + stage.duration {
                let done = (time - at).as_nanos();
                let whole = stage.duration.as_nanos();
                let weighted = u128::from(level) * (whole - done) + u128::from(stage.to) * done;
                return weighted.div_ceil(whole) as u64;
            }
            at += stage.duration;
            level = stage.to;
        }
        level
    }

    proptest! {
        #[test]
        fn as_many_users_are_active_as_the_target_rounded_up(start in 0u64..60, stages in stages(), at in 0.0f64..1.0) {
            let schedule = ClosedSchedule::staged(start, stages.clone());
            let end = schedule.end().expect("stages end");
            let at = end.mul_f64(at);
            prop_assume!(at < end);
            let active = (0..schedule.users())
                .filter(|&user| schedule.spans(user).iter().any(|s| s.from <= at && s.to.is_none_or(|to| at < to)))
                .count() as u64;
            // A span's ends are rounded down to a nanosecond, so at the very edge one user may be early or gone.
            let target = users_at(start, &stages, at);
            prop_assert!(active.abs_diff(target) <= 1, "{active} active, target {target}");
        }

        #[test]
        fn spans_are_in_order_and_apart(start in 0u64..60, stages in stages(), user in 0u64..60) {
            let spans = ClosedSchedule::staged(start, stages).spans(user);
            for span in &spans {
                prop_assert!(span.to.is_some_and(|to| span.from < to));
            }
            for pair in spans.windows(2) {
                prop_assert!(pair[0].to < Some(pair[1].from));
            }
        }

        #[test]
        fn starts_are_spread_evenly_over_the_ramp(users in 1u64..1000, ms in 0u64..100_000) {
            let ramp_up = Duration::from_millis(ms);
            let schedule = ClosedSchedule::fixed(users, ramp_up, None, Iterations::PerUser(1));
            for user in 0..users {
                prop_assert_eq!(schedule.spans(user), vec![Span { from: part(ramp_up, user, users), to: None }]);
            }
        }
    }

    #[test]
    fn on_the_way_down_the_highest_numbers_leave_first() {
        let s = Duration::from_secs;
        let schedule = ClosedSchedule::staged(4, vec![Stage { duration: s(4), to: 0 }]);
        let ends: Vec<_> = (0..4).map(|user| schedule.spans(user)[0].to).collect();
        assert_eq!(ends, [Some(s(4)), Some(s(3)), Some(s(2)), Some(s(1))]);
    }

    #[test]
    fn a_stage_of_no_length_is_a_jump() {
        let s = Duration::from_secs;
        let stages =
            vec![Stage { duration: s(10), to: 0 }, Stage { duration: s(0), to: 5 }, Stage { duration: s(10), to: 5 }];
        let schedule = ClosedSchedule::staged(0, stages);
        for user in 0..5 {
            assert_eq!(schedule.spans(user), [Span { from: s(10), to: Some(s(20)) }]);
        }
    }
}
