//! The future of one sleep, and its entry in the clock's heap.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use super::Clock;

/// Resolves when its deadline has come.
pub struct Sleep {
    clock: Clock,
    at: Instant,
    pause: bool,
    sleeper: Option<Rc<Sleeper>>,
}

/// What a sleep and its entry in the heap share.
#[derive(Default)]
pub(super) struct Sleeper {
    woken: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// A deadline in the heap; ties go to the one entered first.
pub(super) struct Entry {
    pub(super) at: Instant,
    pub(super) sequence: u64,
    pub(super) pause: bool,
    pub(super) sleeper: Rc<Sleeper>,
}

impl Sleep {
    pub(super) fn new(clock: Clock, at: Instant, pause: bool) -> Self {
        Self { clock, at, pause, sleeper: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(sleeper) = &self.sleeper {
            if sleeper.woken.get() {
                return Poll::Ready(());
            }
            *sleeper.waker.borrow_mut() = Some(context.waker().clone());
            return Poll::Pending;
        }
        if Instant::now() >= self.at || (self.pause && !self.clock.pauses_allowed()) {
            return Poll::Ready(());
        }
        let sleeper = Rc::new(Sleeper { woken: Cell::new(false), waker: RefCell::new(Some(context.waker().clone())) });
        self.clock.enter(self.at, self.pause, sleeper.clone());
        self.sleeper = Some(sleeper);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        // The entry stays in the heap until it falls due; it must not wake a task that no longer waits.
        if let Some(sleeper) = &self.sleeper {
            sleeper.waker.borrow_mut().take();
        }
    }
}

impl Sleeper {
    pub(super) fn wake(&self) {
        self.woken.set(true);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}
