//! Who has fetched what.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Someone who scrapes every so often is waited for at the end no longer than this.
const LONGEST: Duration = Duration::from_secs(60);

/// How long somebody is waited for who has come but once, so that nothing is known of how often: what Prometheus scrapes
/// by if nobody tells it otherwise is a minute, what people set is mostly 15 s or less.
const ONCE_SEEN: Duration = Duration::from_secs(15);

/// The scrapes so far.
#[derive(Debug, Default)]
pub(super) struct Scrapes {
    seen: Mutex<Seen>,
    news: Notify,
}

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// The intervals of the run that the last scrape told of.
    intervals: u64,
    last: Option<Instant>,
    /// The time between the last two.
    gap: Option<Duration>,
}

impl Scrapes {
    /// Takes down that somebody fetched what was known after so many intervals.
    pub(super) fn note(&self, intervals: u64) {
        let now = Instant::now();
        let mut seen = self.lock();
        let gap = seen.last.map(|last| now - last);
        *seen = Seen { intervals: seen.intervals.max(intervals), last: Some(now), gap };
        drop(seen);
        self.news.notify_waiters();
    }

    /// How long it is worth to wait for somebody to fetch what is known after `last` intervals; `None` if somebody has, or
    /// if nobody has come and nothing was asked for.
    pub(super) fn patience(&self, last: u64, asked: Option<Duration>) -> Option<Duration> {
        let seen = *self.lock();
        if last == 0 || seen.intervals >= last && seen.last.is_some() {
            return None;
        }
        // Twice the gap, since scrapes do not come to the moment.
        let of_scraper = || seen.last.map(|_| seen.gap.map_or(ONCE_SEEN, |gap| 2 * gap).min(LONGEST));
        asked.or_else(of_scraper).filter(|patience| !patience.is_zero())
    }

    /// Whether somebody has come, but not for the last figures.
    pub(super) fn have_missed(&self, last: u64) -> bool {
        let seen = *self.lock();
        seen.last.is_some() && seen.intervals < last
    }

    /// Waits until somebody has fetched what is known after `last` intervals.
    pub(super) async fn until(&self, last: u64) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            // From here on, not from when it is first waited for.
            news.as_mut().enable();
            if self.lock().intervals >= last {
                return;
            }
            news.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_come_or_is_asked_for_is_waited_for() {
        let scrapes = Scrapes::default();
        assert_eq!(scrapes.patience(5, None), None);
        assert_eq!(scrapes.patience(5, Some(Duration::from_secs(3))), Some(Duration::from_secs(3)));
        assert!(!scrapes.have_missed(5));
        scrapes.note(3);
        assert_eq!(scrapes.patience(5, None), Some(ONCE_SEEN));
        assert_eq!(scrapes.patience(5, Some(Duration::ZERO)), None);
        assert!(scrapes.have_missed(5));
        scrapes.note(4);
        assert!(scrapes.patience(5, None).is_some_and(|patience| patience < ONCE_SEEN));
        scrapes.note(5);
        assert_eq!(scrapes.patience(5, Some(Duration::from_secs(3))), None);
        assert!(!scrapes.have_missed(5));
    }

    #[test]
    fn a_run_that_counted_nothing_has_nothing_to_fetch() {
        assert_eq!(Scrapes::default().patience(0, Some(Duration::from_secs(3))), None);
    }
}
