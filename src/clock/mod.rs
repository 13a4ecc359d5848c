//! Time as the run sees it: fine-grained sleeping for arrivals, thinking and script sleeps.
//!
//! tokio's timer has ticks of 1 ms and overshoots by as much; an open load on
//! it would add half a millisecond to every response time. A worker therefore
//! has one [`Clock`]: a heap of deadlines over one [`alarm::Alarm`], a timerfd
//! on Linux and tokio's timer elsewhere. Imports no other layer, because both
//! the engine and the script API sleep.
//!
//! [`within`] and [`until`] are for what only has to end some time: limits of operations, statements,
//! connections. They need no [`Clock`], only a runtime.

mod alarm;
mod sleep;
mod within;

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use alarm::Alarm;
pub use sleep::Sleep;
use sleep::{Entry, Sleeper};
pub use within::{Elapsed, Within, until, within};

/// One worker's clock. Cheap to clone; every clone is the same clock.
#[derive(Clone)]
pub struct Clock(Rc<Inner>);

struct Inner {
    alarm: Alarm,
    deadlines: RefCell<BinaryHeap<Reverse<Entry>>>,
    sequence: Cell<u64>,
    /// When the alarm will ring, so that it is set again only for an earlier deadline.
    rings_at: Cell<Option<Instant>>,
    paused: Cell<bool>,
}

impl Clock {
    /// A clock whose [`Clock::run`] has to be driven by the same thread's runtime.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Rc::new(Inner {
            alarm: Alarm::new()?,
            deadlines: RefCell::default(),
            sequence: Cell::new(0),
            rings_at: Cell::new(None),
            paused: Cell::new(true),
        })))
    }

    /// Wakes sleepers as they fall due; never returns.
    pub async fn run(self) {
        loop {
            self.0.alarm.ring().await;
            self.0.rings_at.set(None);
            self.wake_due(Instant::now());
            if let Some(Reverse(next)) = self.0.deadlines.borrow().peek() {
                self.ring_by(next.at);
            }
        }
    }

    /// Sleeps until `at`; returns at once if that has passed.
    pub fn sleep_until(&self, at: Instant) -> Sleep {
        Sleep::new(self.clone(), at, false)
    }

    /// Sleeps for `duration`.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep_until(Instant::now() + duration)
    }

    /// Sleeps until `at` or until pauses are ended: for waiting between iterations, which a stop cuts short.
    pub fn pause_until(&self, at: Instant) -> Sleep {
        Sleep::new(self.clone(), at, true)
    }

    /// Ends all pauses, now and from now on.
    pub fn end_pauses(&self) {
        self.0.paused.set(false);
        for Reverse(entry) in self.0.deadlines.borrow().iter().filter(|Reverse(entry)| entry.pause) {
            entry.sleeper.wake();
        }
    }

    fn pauses_allowed(&self) -> bool {
        self.0.paused.get()
    }

    fn enter(&self, at: Instant, pause: bool, sleeper: Rc<Sleeper>) {
        let sequence = self.0.sequence.get();
        self.0.sequence.set(sequence + 1);
        self.0.deadlines.borrow_mut().push(Reverse(Entry { at, sequence, pause, sleeper }));
        self.ring_by(at);
    }

    fn ring_by(&self, at: Instant) {
        if self.0.rings_at.get().is_none_or(|earlier| at < earlier) {
            self.0.rings_at.set(Some(at));
            self.0.alarm.set(at);
        }
    }

    fn wake_due(&self, now: Instant) {
        let mut deadlines = self.0.deadlines.borrow_mut();
        while let Some(Reverse(entry)) = deadlines.peek() {
            if entry.at > now {
                break;
            }
            entry.sleeper.wake();
            deadlines.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use super::*;

    fn on_a_clock<F: Future>(work: impl FnOnce(Clock) -> F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime, async {
            let clock = Clock::new().unwrap();
            tokio::task::spawn_local(clock.clone().run());
            work(clock).await
        })
    }

    #[test]
    fn sleepers_wake_in_the_order_of_their_deadlines_and_never_early() {
        on_a_clock(|clock| async move {
            let start = Instant::now();
            let woken = Rc::new(RefCell::new(Vec::new()));
            let tasks: Vec<_> = [30u64, 10, 20, 10]
                .into_iter()
                .map(|ms| {
                    let (clock, woken) = (clock.clone(), woken.clone());
                    tokio::task::spawn_local(async move {
                        let at = start + Duration::from_millis(ms);
                        clock.sleep_until(at).await;
                        assert!(Instant::now() >= at);
                        woken.borrow_mut().push(ms);
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            assert_eq!(*woken.borrow(), [10, 10, 20, 30]);
        });
    }

    #[test]
    fn ending_pauses_wakes_the_pausing_and_no_one_else() {
        on_a_clock(|clock| async move {
            let far = Instant::now() + Duration::from_secs(3600);
            let pausing = tokio::task::spawn_local(clock.pause_until(far));
            let sleeping = tokio::task::spawn_local(clock.sleep_until(far));
            tokio::task::yield_now().await;
            clock.end_pauses();
            pausing.await.unwrap();
            clock.pause_until(far).await;
            assert!(!sleeping.is_finished());
        });
    }
}
