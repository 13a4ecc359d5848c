//! The sign of life of an event loop, for whoever watches it from another thread.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A loop that has not come round for this long is taken for stuck. The hook in a script's state has ended what
/// it can by then.
const STUCK_AFTER: Duration = Duration::from_millis(4500);

/// A watcher that was itself away for this long can't tell who else stood still: the whole process was stopped.
const WATCHER_AWAY: Duration = Duration::from_secs(1);

/// When a loop came round last, and when somebody looked.
#[derive(Debug)]
pub struct Pulse {
    felt: Mutex<Felt>,
    /// The folder of its thread in `/proc`, once that has said which it is, and where there is one.
    thread: OnceLock<PathBuf>,
}

#[derive(Debug)]
struct Felt {
    beat: Instant,
    looked: Instant,
    /// How long the thread had waited for a processor in all at the first look after the beat; none before that look.
    waited: Option<Duration>,
}

impl Pulse {
    /// A loop that has just come round.
    pub fn new() -> Self {
        let now = Instant::now();
        Self { felt: Mutex::new(Felt { beat: now, looked: now, waited: None }), thread: OnceLock::new() }
    }

    /// Says that the loop is that of the calling thread, so that it is not taken for stuck while others have the
    /// processors.
    pub fn is_of_this_thread(&self) {
        if let Ok(thread) = fs::read_link("/proc/thread-self") {
            let _ = self.thread.set(Path::new("/proc").join(thread));
        }
    }

    /// Says that the loop has come round.
    pub fn beat(&self) {
        self.lock().beat(Instant::now());
    }

    /// How long the loop has stood still, if that is too long. To be asked several times a second.
    pub fn has_stopped(&self) -> Option<Duration> {
        let waited = self.thread.get().and_then(|thread| waited(thread)).unwrap_or_default();
        self.lock().has_stopped(Instant::now(), waited)
    }

    fn lock(&self) -> MutexGuard<'_, Felt> {
        // What is felt is whole whatever happened to another thread.
        self.felt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Felt {
    fn beat(&mut self, now: Instant) {
        self.beat = now;
        self.waited = None;
    }

    /// `waited` is how long the thread has waited for a processor since it began.
    fn has_stopped(&mut self, now: Instant, waited: Duration) -> Option<Duration> {
        if now - std::mem::replace(&mut self.looked, now) > WATCHER_AWAY {
            self.beat(now);
        }
        // One that is kept waiting by others would come round if it could.
        let kept = waited.saturating_sub(*self.waited.get_or_insert(waited));
        let silence = (now - self.beat).saturating_sub(kept);
        (silence > STUCK_AFTER).then_some(silence)
    }
}

/// How long a thread that was ready has waited for a processor in all: the second field of its `schedstat`, in ns, see
/// the kernel's documentation of scheduler statistics. None where the kernel does not count it.
fn waited(thread: &Path) -> Option<Duration> {
    let schedule = fs::read_to_string(thread.join("schedstat")).ok()?;
    schedule.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a loop that has not come round since it began, of which `kept` of each second its thread is kept
    /// waiting, when it is looked at several times a second; and when.
    fn stopped(kept: f64) -> Option<(Duration, Duration)> {
        let begun = Instant::now();
        let mut felt = Felt { beat: begun, looked: begun, waited: None };
        let looks = (1..400).map(|look| Duration::from_millis(100 * look));
        looks.into_iter().find_map(|at| Some((at, felt.has_stopped(begun + at, at.mul_f64(kept))?)))
    }

    #[test]
    fn a_loop_is_stuck_once_it_could_have_come_round_for_long() {
        let (at, silence) = stopped(0.0).expect("it is stuck");
        assert_eq!((at, silence), (Duration::from_millis(4600), Duration::from_millis(4600)));
        let (at, _) = stopped(0.5).expect("it is stuck");
        assert!(at > Duration::from_secs(8), "{at:?}");
        assert_eq!(stopped(0.99), None, "it had no processor");
    }

    #[test]
    fn a_watcher_that_was_away_says_nothing() {
        let begun = Instant::now();
        let mut felt = Felt { beat: begun, looked: begun, waited: None };
        assert_eq!(felt.has_stopped(begun + Duration::from_secs(60), Duration::ZERO), None);
    }

    #[test]
    fn the_wait_of_a_thread_is_counted() {
        let pulse = Pulse::new();
        pulse.is_of_this_thread();
        let thread = pulse.thread.get().expect("the thread is in /proc");
        // Where the kernel counts nothing at all, there is nothing to hold against it.
        if let Some(before) = waited(thread) {
            assert!(waited(thread).is_some_and(|after| after >= before));
        }
        assert_eq!(pulse.has_stopped(), None);
    }
}
