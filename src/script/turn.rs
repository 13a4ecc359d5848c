//! How long a script has run without giving way, in time that it had a processor: what others on the machine take is no
//! fault of its own.

use std::cell::Cell;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

/// The stretch since a state last gave way. For one thread.
pub(super) struct Turn {
    began: Cell<Instant>,
    /// The turn that was last looked at, by its beginning, and the thread's time at the first look.
    seen: Cell<Option<(Instant, Duration)>>,
}

impl Turn {
    /// One that begins now.
    pub fn new() -> Self {
        Self { began: Cell::new(Instant::now()), seen: Cell::new(None) }
    }

    /// Says that the state has given way. The thread's time is not asked for here, which would take a call of the system
    /// for every step of every user.
    pub fn begin(&self) {
        self.began.set(Instant::now());
    }

    /// How long it has run since the first look at this turn. To be asked every few milliseconds.
    pub fn ran(&self) -> Duration {
        let (began, now) = (self.began.get(), thread_time());
        match self.seen.get() {
            Some((turn, first)) if turn == began => now.saturating_sub(first),
            _ => {
                self.seen.set(Some((began, now)));
                Duration::ZERO
            }
        }
    }
}

/// How long the calling thread has had a processor. Where that is not counted, only the session's watchdog ends scripts.
fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has the processor for a while.
    fn work(least: Duration) {
        let until = thread_time() + least;
        while thread_time() < until {}
    }

    #[test]
    fn only_time_on_a_processor_counts_and_each_turn_begins_anew() {
        let turn = Turn::new();
        assert_eq!(turn.ran(), Duration::ZERO, "the first look");
        std::thread::spawn(|| work(Duration::from_millis(50))).join().expect("it ends");
        assert!(turn.ran() < Duration::from_millis(50), "what others take: {:?}", turn.ran());
        work(Duration::from_millis(50));
        assert!(turn.ran() >= Duration::from_millis(50), "{:?}", turn.ran());
        turn.begin();
        assert_eq!(turn.ran(), Duration::ZERO, "another turn");
    }
}
