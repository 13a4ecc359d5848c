//! A worker's turn: users act one after the other, and what they send goes out together when all have acted.
//!
//! Sending in between would wake the server's processes in the middle of the turn, to take the processor from it or to
//! be woken one by one; sent at the end the requests cost less of the system's time (`docs/benchmarks.md`). A turn is
//! one poll of the future that holds all users, so nothing can be left behind when the thread goes to sleep, and a
//! thread that plays no turns sends at once.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Context;
use std::thread;

use super::outbox::Outbox;

/// As soon as so many wait they are sent, so that nobody's request waits behind a long turn.
const TOGETHER: usize = 16;

thread_local! {
    static UNDERWAY: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Vec<Outbox>> = const { RefCell::new(Vec::new()) };
}

/// Does `work`, whose every poll is a turn: what it sends waits for the turn's end.
pub async fn in_turns<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    let _last = Last;
    poll_fn(|context| {
        let turn = Turn(UNDERWAY.replace(true));
        let polled = work.as_mut().poll(context);
        drop(turn);
        let sent = flush_all(context);
        // The servers' processes have work now; what they answer soon comes in one wake-up.
        if sent > 1 {
            thread::yield_now();
        }
        polled
    })
    .await
}

/// Ends the turn also when its work panics.
struct Turn(bool);

impl Drop for Turn {
    fn drop(&mut self) {
        UNDERWAY.set(self.0);
    }
}

/// After the last turn nobody comes by again.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        for outbox in WAITING.take() {
            outbox.flush();
            outbox.leave_turn();
        }
    }
}

/// Whether this thread is in a turn.
pub(super) fn is_underway() -> bool {
    UNDERWAY.get()
}

/// Has `outbox` emptied at the turn's end.
pub(super) fn enter(outbox: &Outbox) {
    let is_full = WAITING.with_borrow_mut(|waiting| {
        waiting.push(outbox.clone());
        waiting.len().is_multiple_of(TOGETHER)
    });
    if is_full {
        WAITING.with_borrow(|waiting| waiting.iter().for_each(Outbox::flush));
    }
}

/// Empties all outboxes; those that the system takes no more from stay for the next turn. Returns how many of them
/// there was something in.
fn flush_all(context: &mut Context<'_>) -> usize {
    WAITING.with_borrow_mut(|waiting| {
        let mut sent = 0;
        waiting.retain(|outbox| {
            let flushed = outbox.flush_in_turn(context);
            sent += usize::from(flushed.had_some);
            !flushed.done
        });
        sent
    })
}
