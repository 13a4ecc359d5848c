//! Taking the orders of whoever steers a run: what each comes to, told to the workers, the timeline and the record.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::helm::STEERED_GROUP;
use super::steering::{Heading, Order, Steered, Steering};
use super::story::Tale;
use super::telling::{Event, Telling};
use crate::plan::Plan;
use crate::plan::load::{By, Course, Level};
use crate::plan::target::PoolSharing;
use crate::record::{SteeredFigure, SteeringRecord};
use crate::script::Timeline;

/// How long after an order it takes effect: every worker has heard of it by then, so that all of them turn at the same
/// moment and none has let pass what it is to do at that moment.
const LEAD: Duration = Duration::from_millis(20);

/// Takes orders for a run.
pub struct Pilot {
    orders: Option<mpsc::UnboundedReceiver<Order>>,
    told: watch::Sender<Heading>,
    course: Option<Course>,
    /// The most users there may be.
    most_users: u64,
}

impl Pilot {
    /// One for a run that `steering` may steer, or that nobody may.
    pub fn new(plan: &Plan, steering: Option<&Steering>) -> Self {
        let course = plan.groups.get(STEERED_GROUP as usize).map(|group| group.load.schedule(plan.warm_up));
        let course = course.map(Course::planned);
        // Room was looked for, for so many connections of users' own.
        let own = plan.targets.pools().any(|(_, pool)| pool.sharing == PoolSharing::User);
        let most_users = match &course {
            Some(course) if own && !plan.force => course.users(),
            _ => u64::MAX,
        };
        let orders = steering.and_then(Steering::take);
        Self { orders, told: watch::Sender::default(), course, most_users }
    }

    /// What workers follow, if anybody may steer.
    pub fn told(&self) -> Option<watch::Receiver<Heading>> {
        self.orders.is_some().then(|| self.told.subscribe())
    }

    /// Obeys until nobody gives orders any more.
    pub async fn steer(mut self, timeline: Arc<Timeline>, tale: Tale, telling: Telling) {
        let Some(mut orders) = self.orders.take() else { return };
        // What was asked for before there was a load was meant for nothing.
        while orders.try_recv().is_ok() {}
        while let Some(order) = orders.recv().await {
            let now = timeline.origin().elapsed();
            let said = match self.obey(order, now, &timeline) {
                Ok(mark) => {
                    let said = mark.to_string();
                    tale.lock().finish.steering.push(mark);
                    said
                }
                Err(Refusal(why)) => why.to_owned(),
            };
            let paused = self.told.borrow().paused.is_some();
            telling.tell(Event::Steered(Steered { paused, said }));
        }
    }

    /// Does what is asked for, `now` on the run's clock; the mark that it leaves.
    fn obey(&mut self, order: Order, now: Duration, timeline: &Timeline) -> Result<SteeringRecord, Refusal> {
        if now < timeline.warm_up() {
            return Err(Refusal("not before the warm-up is over"));
        }
        if timeline.end().is_some_and(|end| now + LEAD >= end) {
            return Err(Refusal("the load is over"));
        }
        match order {
            Order::Resume if self.told.borrow().paused.is_none() => Err(Refusal("it is not paused")),
            Order::PauseOrResume | Order::Resume => Ok(self.pause_or_resume(now + LEAD, timeline)),
            Order::Change(by) => self.change(by, now + LEAD),
        }
    }

    fn pause_or_resume(&mut self, at: Duration, timeline: &Timeline) -> SteeringRecord {
        let Heading { shift, paused, .. } = *self.told.borrow();
        let (mut shift, paused_at) = (shift, paused);
        let (what, paused) = match paused_at {
            // Resumed at once, it may be that it has hardly stood still.
            Some(paused) => {
                let at = at.max(shift + paused);
                timeline.resume(at);
                shift = at - paused;
                (SteeredFigure::Resumed, None)
            }
            None => {
                timeline.pause(at);
                (SteeredFigure::Paused, Some(at.saturating_sub(shift)))
            }
        };
        self.told.send_modify(|heading| {
            (heading.shift, heading.paused) = (shift, paused);
            heading.stood = paused.or(paused_at);
        });
        SteeringRecord { at_s: at.as_secs_f64(), what, from: None, to: None }
    }

    fn change(&mut self, by: By, at: Duration) -> Result<SteeringRecord, Refusal> {
        let Heading { shift, paused, .. } = *self.told.borrow();
        let Some(course) = self.course.as_ref().filter(|course| course.can_change()) else {
            return Err(Refusal("a load of so many iterations keeps its users"));
        };
        let reading = at.saturating_sub(shift);
        let reading = paused.map_or(reading, |paused| paused.min(reading)).max(course.from());
        let from = course.level(reading);
        let to = match from.changed(by) {
            Level::Users(users) if users > self.most_users => {
                return Err(Refusal("each user has a connection of its own, and there is room for no more"));
            }
            to if to == from => return Err(Refusal("no further")),
            to => to,
        };
        let changed = course.changed(reading, to).filter(|_| !from.is_zero());
        let changed = changed.ok_or(Refusal("the plan has no load at the moment that could be more or less"))?;
        self.course = Some(changed.clone());
        self.told.send_modify(|heading| heading.course = Some(Arc::new(changed)));
        let what = match to {
            Level::Users(_) => SteeredFigure::Users,
            Level::Rate(_) => SteeredFigure::Rate,
        };
        Ok(SteeringRecord { at_s: at.as_secs_f64(), what, from: Some(from.figure()), to: Some(to.figure()) })
    }
}

/// Why an order is not obeyed.
struct Refusal(&'static str);

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::plan::settings::Input;
    use crate::plan::{Layer, Machine, Origin, Settings, resolve};
    use crate::script::{Source, load};

    const UP: Order = Order::Change(By::Percent(10));

    /// A pilot and the timeline of a run with these settings, whose clock is told by the test.
    fn pilot(settings: &[(&str, &str)]) -> (Pilot, Timeline) {
        let scenario = r#"return { needs = { "postgres" }, personas = { a = { run = function() end } } }"#;
        let loaded = load(&Source::bundled("test", scenario), 64 << 20).expect("a good scenario");
        let mut given = Settings::default();
        for (name, value) in settings {
            given.set(name, Input::Text(value), "").expect("a good setting");
        }
        let layers = [Layer { origin: Origin::CommandLine, settings: given }];
        let plan = resolve(&loaded.scenario, None, &layers, Machine { cores: 1, seed: 1 }).expect("a good plan");
        let end = plan.groups[0].load.schedule(plan.warm_up).end();
        let timeline = Timeline::new(plan.warm_up, end);
        timeline.start(Instant::now());
        (Pilot::new(&plan, Some(&Steering::default())), timeline)
    }

    fn told(pilot: &mut Pilot, order: Order, ms: u64, timeline: &Timeline) -> String {
        match pilot.obey(order, Duration::from_millis(ms), timeline) {
            Ok(mark) => mark.to_string(),
            Err(Refusal(why)) => why.to_owned(),
        }
    }

    #[test]
    fn a_pause_shifts_what_is_left_by_as_long_as_it_lasted() {
        let (mut pilot, timeline) = pilot(&[("users", "50"), ("duration", "60s"), ("warm_up", "5s")]);
        let ms = Duration::from_millis;
        let mut at = |at: u64| {
            let said = told(&mut pilot, Order::PauseOrResume, at, &timeline);
            let heading = pilot.told.borrow().clone();
            (said, heading.paused, heading.shift)
        };
        assert_eq!(at(4_000), ("not before the warm-up is over".into(), None, ms(0)));
        assert_eq!(at(9_980), ("paused at 10.0 s".into(), Some(ms(10_000)), ms(0)));
        assert_eq!(at(29_980), ("resumed at 30.0 s".into(), None, ms(20_000)));
        assert_eq!(at(34_980), ("paused at 35.0 s".into(), Some(ms(15_000)), ms(20_000)));
        assert_eq!(at(39_980), ("resumed at 40.0 s".into(), None, ms(25_000)));
        assert_eq!(timeline.end(), Some(ms(90_000)));
        assert_eq!(at(89_999).0, "the load is over");
    }

    #[test]
    fn a_change_says_from_where_to_where_and_lasts_through_a_pause() {
        let (mut pilot, timeline) = pilot(&[("users", "50"), ("duration", "60s")]);
        let mut at = |order, at| told(&mut pilot, order, at, &timeline);
        assert_eq!(at(UP, 11_980), "users 50 → 55 at 12.0 s");
        assert_eq!(at(Order::PauseOrResume, 19_980), "paused at 20.0 s");
        assert_eq!(at(Order::Change(By::Ones(-1)), 29_980), "users 55 → 54 at 30.0 s");
        assert_eq!(at(Order::Resume, 39_980), "resumed at 40.0 s");
        assert_eq!(at(Order::Resume, 39_990), "it is not paused");
        let heading = pilot.told.borrow().clone();
        let course = heading.course.expect("it was changed");
        // What was changed in the pause holds from where the load's clock stood.
        assert_eq!((course.from(), course.end()), (Duration::from_secs(20), Some(Duration::from_secs(60))));
        assert_eq!(course.level(Duration::from_secs(20)), Level::Users(54));
    }

    #[test]
    fn what_cannot_be_steered_says_why() {
        for (settings, why) in [
            (&[("users", "5"), ("iterations", "9")][..], "a load of so many iterations keeps its users"),
            (&[("stages", "9s:0,9s:5")], "the plan has no load at the moment that could be more or less"),
            (
                &[("users", "5"), ("duration", "60s"), ("pool", "user")],
                "each user has a connection of its own, and there is room for no more",
            ),
            (&[("rate", "100/s"), ("duration", "60s")], "rate 100 → 110/s at 1.02 s"),
        ] {
            let (mut pilot, timeline) = pilot(settings);
            assert_eq!(told(&mut pilot, UP, 1_000, &timeline), why, "{settings:?}");
        }
    }

    #[test]
    fn nobody_steers_a_run_unless_it_was_given_to_them_and_only_one() {
        let steering = Steering::default();
        assert!(steering.take().is_some() && steering.take().is_none());
    }
}
