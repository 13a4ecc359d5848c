//! How long a pool holds off after it failed to connect.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// The pause after a first failure: a server that restarts is back within a few of these.
const FIRST: Duration = Duration::from_millis(50);

/// The longest pause: users go on failing about once a second while a target is away,
/// and notice within a second that it is back.
const LONGEST: Duration = Duration::from_secs(1);

/// Spaces out attempts to connect to a target that is away; one for all connections of a pool.
///
/// The attempt itself fails at once, so that its user gets an error and not a long wait;
/// it is the next attempt that waits.
#[derive(Debug, Default)]
pub struct Backoff(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    pause: Duration,
    not_before: Option<Instant>,
}

impl Backoff {
    /// Waits until the next attempt may be made: not at all when the last one succeeded.
    pub async fn wait(&self) {
        let not_before = self.0.lock().expect("no holder panics").not_before;
        if let Some(instant) = not_before {
            tokio::time::sleep_until(instant).await;
        }
    }

    /// An attempt succeeded.
    pub fn succeeded(&self) {
        *self.0.lock().expect("no holder panics") = State::default();
    }

    /// An attempt failed. Attempts that were under way together count as one failure.
    pub fn failed(&self) {
        let mut state = self.0.lock().expect("no holder panics");
        let now = Instant::now();
        if state.not_before.is_none_or(|instant| instant <= now) {
            state.pause = (state.pause * 2).clamp(FIRST, LONGEST);
            state.not_before = Some(now + state.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pauses_double_up_to_the_longest_and_end_with_a_success() {
        tokio::time::pause();
        let backoff = Backoff::default();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let start = Instant::now();
            backoff.failed();
            backoff.failed();
            backoff.wait().await;
            // Tokio's timers are exact to a millisecond.
            assert!(start.elapsed().abs_diff(backoff.pause()) <= Duration::from_millis(1));
            pauses.push(backoff.pause().as_millis());
        }
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
        backoff.failed();
        backoff.succeeded();
        let start = Instant::now();
        backoff.wait().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    impl Backoff {
        fn pause(&self) -> Duration {
            self.0.lock().unwrap().pause
        }
    }
}
