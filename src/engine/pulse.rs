//! The sign of life of an event loop, for whoever watches it from another thread.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A loop that has not come round for this long is taken for stuck. The hook in a script's state has ended what
/// it can by then.
const STUCK_AFTER: Duration = Duration::from_millis(4500);

/// A watcher that was itself away for this long can't tell who else stood still: the whole process was stopped.
const WATCHER_AWAY: Duration = Duration::from_secs(1);

/// When a loop came round last, and when somebody looked.
#[derive(Debug)]
pub struct Pulse(Mutex<Felt>);

#[derive(Debug)]
struct Felt {
    beat: Instant,
    looked: Instant,
}

impl Pulse {
    /// A loop that has just come round.
    pub fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(Felt { beat: now, looked: now }))
    }

    /// Says that the loop has come round.
    pub fn beat(&self) {
        self.lock().beat = Instant::now();
    }

    /// How long the loop has stood still, if that is too long. To be asked several times a second.
    pub fn has_stopped(&self) -> Option<Duration> {
        let mut felt = self.lock();
        let now = Instant::now();
        if now - std::mem::replace(&mut felt.looked, now) > WATCHER_AWAY {
            felt.beat = now;
        }
        let silence = now - felt.beat;
        (silence > STUCK_AFTER).then_some(silence)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Felt> {
        // Two instants are whole whatever happened to another thread.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
