//! Time limits, cheap enough for every operation and every statement.
//!
//! Nearly all limits are left long before they are reached, so the common path must cost next to nothing.
//! tokio's own timeout enters its timer wheel and leaves it again, under a lock, each time. Here a thread has
//! one list of deadlines, in which a waiting future takes a place and gives it up without looking at the
//! others, and one timer. The timer is set only for a deadline that comes before the one it is set to; when it
//! rings, it looks through the list, wakes who is due, and is set to the next. Whoever is ready at once takes no
//! place and reads no clock.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

/// Deadlines closer together than this ring together: tokio's timer, on which they stand, has no finer ticks.
const GRAIN: Duration = Duration::from_millis(1);

/// Marks the end of the chain of free places.
const NONE: u32 = u32::MAX;

thread_local! {
    static DEADLINES: RefCell<Deadlines> = const { RefCell::new(Deadlines::new()) };
}

/// A time limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

/// Does `work`, for at most `limit` from when it is first waited for; dropped when that has passed.
///
/// To be awaited on the thread that drives its runtime, one at a time, exact to a millisecond or two.
pub fn within<F: Future>(limit: Duration, work: F) -> Within<F> {
    Within { work, limit: Limit::After(limit), place: None }
}

/// Does `work` until `deadline` at the latest; otherwise as [`within`].
pub fn until<F: Future>(deadline: Instant, work: F) -> Within<F> {
    Within { work, limit: Limit::At(deadline), place: None }
}

enum Limit {
    After(Duration),
    At(Instant),
}

pin_project! {
    /// The future of [`within`] and [`until`].
    pub struct Within<F> {
        #[pin]
        work: F,
        limit: Limit,
        place: Option<Place>,
    }
}

impl<F: Future> Future for Within<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.work.poll(context) {
            *this.place = None;
            return Poll::Ready(Ok(output));
        }
        let waker = context.waker();
        let rang = match this.place {
            Some(place) => place.has_rung(waker),
            None => {
                let deadline = match *this.limit {
                    Limit::At(deadline) => deadline,
                    Limit::After(limit) => Instant::now() + limit,
                };
                *this.place = Some(Place::take(deadline, waker));
                false
            }
        };
        if rang { Poll::Ready(Err(Elapsed)) } else { Poll::Pending }
    }
}

/// A place in this thread's list, given up when dropped.
struct Place(u32);

impl Place {
    fn take(deadline: Instant, waker: &Waker) -> Self {
        DEADLINES.with_borrow_mut(|deadlines| Self(deadlines.enter(deadline, waker)))
    }

    fn has_rung(&self, waker: &Waker) -> bool {
        DEADLINES.with_borrow_mut(|deadlines| match &mut deadlines.slots[self.0 as usize] {
            Slot::Waiting { waker: known, .. } => {
                known.clone_from(waker);
                false
            }
            Slot::Rung | Slot::Free { .. } => true,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // At the end of a thread the list may be gone before the last future.
        let _ = DEADLINES.try_with(|deadlines| deadlines.borrow_mut().leave(self.0));
    }
}

/// The deadlines of one thread.
struct Deadlines {
    slots: Vec<Slot>,
    /// The first of the free places, each of which knows the next.
    free: u32,
    /// What the timer is set to.
    rings_at: Option<Instant>,
    /// The task that waits for the timer, alive for as long as somebody else holds the other end.
    timer: Weak<()>,
    /// Wakes that task, to set the timer anew.
    timer_waker: Option<Waker>,
}

enum Slot {
    Free { next: u32 },
    Waiting { deadline: Instant, waker: Waker },
    Rung,
}

impl Deadlines {
    const fn new() -> Self {
        Self { slots: Vec::new(), free: NONE, rings_at: None, timer: Weak::new(), timer_waker: None }
    }

    fn enter(&mut self, deadline: Instant, waker: &Waker) -> u32 {
        let waiting = Slot::Waiting { deadline, waker: waker.clone() };
        let place = match self.slots.get(self.free as usize) {
            Some(&Slot::Free { next }) => std::mem::replace(&mut self.free, next),
            _ => {
                self.slots.push(Slot::Rung);
                self.slots.len() as u32 - 1
            }
        };
        self.slots[place as usize] = waiting;
        self.ring_by(deadline);
        place
    }

    fn leave(&mut self, place: u32) {
        self.slots[place as usize] = Slot::Free { next: self.free };
        self.free = place;
    }

    fn ring_by(&mut self, deadline: Instant) {
        if self.timer.strong_count() == 0 {
            // The first deadline, or the runtime that had the timer has ended.
            let alive = Arc::new(());
            self.timer = Arc::downgrade(&alive);
            self.rings_at = Some(deadline);
            tokio::spawn(ring(alive));
        } else if self.rings_at.is_none_or(|earlier| deadline < earlier) {
            self.rings_at = Some(deadline);
            if let Some(waker) = self.timer_waker.take() {
                waker.wake();
            }
        }
    }

    /// Marks whose deadline has come, sets the timer for the rest, and returns whom to wake.
    fn ring(&mut self) -> Vec<Waker> {
        let now = Instant::now();
        let mut due = Vec::new();
        let mut next: Option<Instant> = None;
        for slot in &mut self.slots {
            let Slot::Waiting { deadline, .. } = slot else { continue };
            if *deadline > now {
                next = Some(next.map_or(*deadline, |next| next.min(*deadline)));
            } else if let Slot::Waiting { waker, .. } = std::mem::replace(slot, Slot::Rung) {
                due.push(waker);
            }
        }
        self.rings_at = next.map(|next| next.max(now + GRAIN));
        due
    }
}

/// Waits for this thread's timer until no deadline is left. Holds nothing of the list, so that it may be
/// spawned without a set of local tasks; `alive` says that it is still there.
async fn ring(alive: Arc<()>) {
    let mut sleep = pin!(tokio::time::sleep_until(Instant::now().into()));
    poll_fn(|context| {
        loop {
            let Some(at) = DEADLINES.with_borrow_mut(|deadlines| {
                deadlines.timer_waker = Some(context.waker().clone());
                deadlines.rings_at
            }) else {
                return Poll::Ready(());
            };
            if sleep.deadline() != at.into() {
                sleep.as_mut().reset(at.into());
            }
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            DEADLINES.with_borrow_mut(Deadlines::ring).into_iter().for_each(Waker::wake);
        }
    })
    .await;
    drop(alive);
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    fn play<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    const MOMENT: Duration = Duration::from_millis(5);
    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn work_that_ends_in_time_gives_its_result_and_takes_no_place() {
        assert_eq!(play(within(Duration::ZERO, ready(7))), Ok(7));
        DEADLINES.with_borrow(|deadlines| assert!(deadlines.slots.is_empty()));
    }

    #[test]
    fn work_that_never_ends_is_given_up_after_its_limit_and_not_before() {
        play(async {
            let start = Instant::now();
            let long = tokio::spawn(within(LONG, pending::<()>()));
            tokio::task::yield_now().await;
            // Earlier than what the timer is set to.
            assert_eq!(within(MOMENT, pending::<()>()).await, Err(Elapsed));
            assert!(start.elapsed() >= MOMENT);
            assert_eq!(until(start, pending::<()>()).await, Err(Elapsed));
            assert!(!long.is_finished());
        });
    }

    #[test]
    fn the_outer_of_two_limits_can_be_the_shorter_one() {
        assert_eq!(play(within(MOMENT, within(LONG, pending::<()>()))), Err(Elapsed));
    }

    #[test]
    fn a_later_runtime_of_the_same_thread_has_its_own_timer() {
        for _ in 0..2 {
            assert_eq!(play(within(MOMENT, pending::<()>())), Err(Elapsed));
        }
    }

    #[test]
    fn places_are_used_again() {
        play(async {
            for _ in 0..10 {
                assert_eq!(within(LONG, tokio::task::yield_now()).await, Ok(()));
            }
        });
        DEADLINES.with_borrow(|deadlines| assert_eq!(deadlines.slots.len(), 1));
    }
}
