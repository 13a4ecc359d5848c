//! A load as it is played: as planned, or as somebody changed it on the way.
//!
//! A change is a new schedule from a moment on, computed from the plan: the rest of it, higher or lower. It is a pure
//! function like the plan itself, so that every worker can work out its part without talking to another. Times are on
//! the load's clock, which stands still while a run is paused.

use std::time::Duration;

use super::{Iterations, Level, Schedule, Span};

/// What is played from a moment on.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The load as it was asked for.
    planned: Schedule,
    /// What is in force; its zero is at `from`.
    now: Schedule,
    from: Duration,
    /// The number of its first arrival.
    first: u64,
}

impl Course {
    /// The load as it was asked for, from the start.
    pub fn planned(schedule: Schedule) -> Self {
        Self { planned: schedule.clone(), now: schedule, from: Duration::ZERO, first: 0 }
    }

    /// From when on it holds.
    pub fn from(&self) -> Duration {
        self.from
    }

    /// Whether it can be changed: not where iterations are counted, which more users would only play sooner.
    pub fn can_change(&self) -> bool {
        match &self.planned {
            Schedule::Closed(closed) => closed.iterations() == Iterations::Unlimited,
            Schedule::Open(_) => true,
        }
    }

    /// How much load there is at `at`.
    pub fn level(&self, at: Duration) -> Level {
        self.now.level(at.saturating_sub(self.from))
    }

    /// When the load ends, unless only iterations end it.
    pub fn end(&self) -> Option<Duration> {
        self.now.end().map(|end| self.from + end)
    }

    /// The same with another level at `at`: what is left of the plan then is scaled to it. `None` if nothing was
    /// planned for then that could be scaled.
    pub fn changed(&self, at: Duration, to: Level) -> Option<Self> {
        let now = self.planned.rest(at, to)?;
        let first = self.first + self.now.arrivals();
        Some(Self { planned: self.planned.clone(), now, from: at, first })
    }

    /// Most users at once; their numbers are below it.
    pub fn users(&self) -> u64 {
        match &self.now {
            Schedule::Closed(closed) => closed.users(),
            Schedule::Open(open) => open.max_users(),
        }
    }

    /// The first stretch in which a user of closed load is active at `at` or later. None in open load.
    pub fn span(&self, user: u64, at: Duration) -> Option<Span> {
        let Schedule::Closed(closed) = &self.now else { return None };
        let at = at.max(self.from);
        let spans = closed.spans(user).into_iter();
        let mut spans = spans.map(|span| Span { from: self.from + span.from, to: span.to.map(|to| self.from + to) });
        spans.find(|span| span.to.is_none_or(|to| at < to))
    }

    /// The arrivals of open load: each one's number over the whole run, and when it is due. None in closed load.
    ///
    /// Those of a course that was changed have numbers beyond all of the one before: some of those were never due.
    pub fn arrivals(&self, seed: u64) -> Box<dyn Iterator<Item = (u64, Duration)>> {
        let Schedule::Open(open) = &self.now else { return Box::new(std::iter::empty()) };
        let (first, from) = (self.first, self.from);
        Box::new((first..).zip(open.arrivals(seed ^ first)).map(move |(number, due)| (number, from + due)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::load::{Shape, Stage, Stages};
    use crate::plan::units::Rate;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn course(shape: Shape) -> Course {
        Course::planned(shape.load().expect("a load").schedule(Duration::ZERO))
    }

    fn users() -> Course {
        course(Shape { users: Some(4), duration: Some(s(60)), ..Shape::default() })
    }

    fn arrivals() -> Course {
        course(Shape { rate: Some(Rate::per_second(10)), duration: Some(s(60)), ..Shape::default() })
    }

    #[test]
    fn users_who_are_there_stay_and_more_come_when_their_number_is_raised() {
        let raised = users().changed(s(20), Level::Users(6)).expect("there are users");
        assert_eq!((raised.users(), raised.level(s(30)), raised.end()), (6, Level::Users(6), Some(s(60))));
        for user in 0..6 {
            assert_eq!(raised.span(user, s(19)), Some(Span { from: s(20), to: Some(s(60)) }), "user {user}");
        }
        let lowered = raised.changed(s(40), Level::Users(3)).expect("there are users");
        let there: Vec<bool> = (0..6).map(|user| lowered.span(user, s(40)).is_some()).collect();
        assert_eq!(there, [true, true, true, false, false, false]);
        assert_eq!(lowered.changed(s(50), Level::Users(4)).map(|back| back.level(s(50))), Some(Level::Users(4)));
    }

    #[test]
    fn stages_that_are_left_are_scaled_with_the_level() {
        let stages = vec![Stage { duration: s(10), to: 20 }, Stage { duration: s(10), to: 100 }];
        let staged = course(Shape { users: Some(20), stages: Some(Stages::Users(stages)), ..Shape::default() });
        let doubled = staged.changed(s(5), Level::Users(40)).expect("there are users");
        let levels = [5, 9, 15, 20].map(|at| doubled.level(s(at)));
        assert_eq!(levels, [40, 40, 120, 200].map(Level::Users));
        assert_eq!(doubled.end(), staged.end());
    }

    #[test]
    fn the_arrivals_of_a_changed_rate_begin_when_it_was_changed_under_numbers_of_their_own() {
        let planned: Vec<_> = arrivals().arrivals(7).collect();
        let raised = arrivals().changed(s(30), Level::Rate(Rate::per_second(20))).expect("there is a rate");
        let after: Vec<_> = raised.arrivals(7).collect();
        assert_eq!((planned.len(), after.len()), (600, 600));
        assert_eq!((after[0], after[1].1), ((600, s(30)), s(30) + Duration::from_millis(50)));
        let again = raised.changed(s(40), Level::Rate(Rate::per_second(1))).expect("there is a rate");
        assert_eq!(again.arrivals(7).next(), Some((1200, s(40))));
        assert_eq!(again.arrivals(7).count(), 20);
    }

    #[test]
    fn what_counts_iterations_or_has_nobody_to_scale_is_not_changed() {
        let counted = course(Shape { users: Some(4), iterations: Some(2), ..Shape::default() });
        assert!(!counted.can_change() && users().can_change() && arrivals().can_change());
        let stages = vec![Stage { duration: s(10), to: 0 }, Stage { duration: s(10), to: 5 }];
        let late = course(Shape { stages: Some(Stages::Users(stages)), ..Shape::default() });
        assert_eq!(late.changed(s(5), Level::Users(1)), None);
    }
}
