//! Where a worker is heading: when its users and arrivals are to come, after all that was steered.
//!
//! The plan tells time on the load's clock, which stands still while the run is paused; the helm turns it into moments.
//! Who waits for one of those waits here, and is told when the heading has changed. Nobody is told per iteration: a user
//! looks at one number of its own thread's.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, watch};

use super::steering::Heading;
use crate::plan::Plan;
use crate::plan::load::Course;

/// The population that can be changed on the way: that of the scenario's own load.
pub const STEERED_GROUP: u32 = 0;

/// One worker's.
pub struct Helm {
    /// Whether anybody may steer.
    manned: bool,
    /// What each group plays.
    courses: RefCell<Vec<Arc<Course>>>,
    shift: Cell<Duration>,
    paused: Cell<Option<Duration>>,
    stood: Cell<Option<Duration>>,
    /// How often the heading has changed.
    turns: Cell<u64>,
    turned: Notify,
}

/// A time in which the load stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// What the load's clock reads meanwhile.
    pub at: Duration,
    from: Instant,
    /// When it ends, if that is known.
    to: Option<Instant>,
}

impl Rest {
    /// Whether a moment is within it.
    pub fn covers(&self, moment: Instant) -> bool {
        moment >= self.from && self.to.is_none_or(|to| moment < to)
    }
}

impl Helm {
    /// Heading where the plan says.
    pub fn new(plan: &Plan, manned: bool) -> Self {
        let planned = |group: &crate::plan::Group| Arc::new(Course::planned(group.load.schedule(plan.warm_up)));
        Self {
            manned,
            courses: RefCell::new(plan.groups.iter().map(planned).collect()),
            shift: Cell::default(),
            paused: Cell::default(),
            stood: Cell::default(),
            turns: Cell::default(),
            turned: Notify::new(),
        }
    }

    /// Turns as it is told; returns when nobody tells any more.
    pub async fn follow(self: Rc<Self>, mut told: watch::Receiver<Heading>) {
        while told.changed().await.is_ok() {
            let heading = told.borrow_and_update().clone();
            self.turn(heading);
        }
    }

    fn turn(&self, heading: Heading) {
        if let Some(course) = heading.course
            && let Some(steered) = self.courses.borrow_mut().get_mut(STEERED_GROUP as usize)
        {
            *steered = course;
        }
        self.shift.set(heading.shift);
        self.paused.set(heading.paused);
        self.stood.set(heading.stood);
        self.stir();
    }

    /// Has everybody who waits here look again.
    pub fn stir(&self) {
        self.turns.set(self.turns.get() + 1);
        self.turned.notify_waiters();
    }

    /// Whether anybody may steer.
    pub fn is_manned(&self) -> bool {
        self.manned
    }

    /// What a group plays.
    pub fn course(&self, group: u32) -> Arc<Course> {
        self.courses.borrow()[group as usize].clone()
    }

    /// How often the heading has changed.
    pub fn turns(&self) -> u64 {
        self.turns.get()
    }

    /// Waits for the next change.
    pub fn turned(&self) -> Notified<'_> {
        self.turned.notified()
    }

    /// Whether the load stands still, or is told to.
    pub fn is_paused(&self) -> bool {
        self.paused.get().is_some()
    }

    /// The latest time in which nobody may begin anything.
    pub fn rest(&self, origin: Instant) -> Option<Rest> {
        let at = self.stood.get()?;
        let moment = self.moment(origin, at);
        Some(match self.is_paused() {
            true => Rest { at, from: moment, to: None },
            // It goes on a moment after it was told to.
            false => Rest { at, from: origin, to: Some(moment) },
        })
    }

    /// When the load's clock reads `at`, if nothing more is steered before.
    pub fn moment(&self, origin: Instant, at: Duration) -> Instant {
        origin + self.shift.get() + at
    }

    /// Whether the load stands still before its clock reads `at`.
    pub fn is_held(&self, at: Duration) -> bool {
        self.paused.get().is_some_and(|paused| at >= paused)
    }

    /// What the load's clock reads at a moment.
    pub fn reading(&self, origin: Instant, moment: Instant) -> Duration {
        let reading = moment.saturating_duration_since(origin).saturating_sub(self.shift.get());
        self.paused.get().map_or(reading, |paused| paused.min(reading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::load::Level;
    use crate::plan::settings::Input;
    use crate::plan::{Layer, Machine, Origin, Settings, resolve};
    use crate::script::{Source, load};

    fn helm() -> Helm {
        let scenario = r#"return { personas = { a = { run = function() end } } }"#;
        let loaded = load(&Source::bundled("test", scenario), 64 << 20).expect("a good scenario");
        let mut given = Settings::default();
        for (name, value) in [("users", "4"), ("duration", "60s")] {
            given.set(name, Input::Text(value), "").expect("a good setting");
        }
        let layers = [Layer { origin: Origin::CommandLine, settings: given }];
        let plan = resolve(&loaded.scenario, None, &layers, Machine { cores: 1, seed: 1 }).expect("a good plan");
        Helm::new(&plan, true)
    }

    #[test]
    fn the_loads_clock_stands_still_in_a_pause_and_lags_behind_after_it() {
        let (helm, origin, s) = (helm(), Instant::now(), Duration::from_secs);
        assert_eq!((helm.moment(origin, s(7)), helm.reading(origin, origin + s(7))), (origin + s(7), s(7)));
        let covered = |at: u64| helm.rest(origin).is_some_and(|rest| rest.covers(origin + s(at)));
        helm.turn(Heading { paused: Some(s(10)), stood: Some(s(10)), ..Heading::default() });
        assert_eq!([9, 10, 900].map(covered), [false, true, true]);
        assert_eq!(helm.reading(origin, origin + s(500)), s(10));
        assert_eq!([9, 10, 11].map(|at| helm.is_held(s(at))), [false, true, true]);
        helm.turn(Heading { shift: s(490), stood: Some(s(10)), ..Heading::default() });
        // Told before it goes on.
        assert_eq!([499, 500, 900].map(covered), [true, false, false]);
        assert_eq!(helm.reading(origin, origin + s(500)), s(10));
        assert_eq!(helm.moment(origin, s(11)), origin + s(501));
        assert!(!helm.is_held(s(11)));
    }

    #[test]
    fn a_change_is_of_the_scenarios_own_population_and_wakes_who_waits() {
        let helm = helm();
        let (turns, turned) = (helm.turns(), helm.turned());
        let changed = helm.course(0).changed(Duration::from_secs(5), Level::Users(9)).expect("it can be changed");
        helm.turn(Heading { course: Some(Arc::new(changed)), ..Heading::default() });
        assert_eq!((helm.course(0).users(), helm.turns()), (9, turns + 1));
        assert!(futures_util::FutureExt::now_or_never(turned).is_some());
    }
}
