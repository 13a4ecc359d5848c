//! What a session tells while it goes on, and where that waits for whoever watches the run.
//!
//! Whoever watches may be held up, as by a terminal that somebody has stopped. The session never waits for it, and what
//! waits takes no more and more room: intervals beyond the first few are added up, and of what the monitor has seen only
//! the newest is kept.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::EngineError;
use super::gather::Gathered;
use super::observer::Observer;
use super::steering::Steered;
use crate::record::{MonitorRecord, Progress};

/// Intervals that wait each by itself.
const MOST_INTERVALS: usize = 10;

/// What the session tells.
pub(super) enum Event {
    /// A part of the run has begun.
    Stage(&'static str),
    /// An interval is over.
    Interval(Box<Counted>),
    /// An order of whoever steers was taken.
    Steered(Steered),
    /// The monitor has seen so much so far.
    Seen(Box<MonitorRecord>),
    /// It is over.
    Ended(Result<(), EngineError>),
}

/// An interval with how far the run has come by its end.
pub(super) struct Counted {
    pub(super) gathered: Gathered,
    pub(super) phase: String,
    pub(super) cpu_percent: f64,
    pub(super) progress: Progress,
}

impl Counted {
    /// Tells whoever watches.
    pub(super) fn tell(&self, observer: &mut dyn Observer) {
        observer.interval(&self.gathered.input(&self.phase, self.cpu_percent));
        observer.progress(&self.progress);
    }

    /// Adds the interval that comes next: one longer interval, which began where this did.
    fn append(&mut self, next: Counted) {
        let (own, next_s) = (self.gathered.length.as_secs_f64(), next.gathered.length.as_secs_f64());
        let busy = self.cpu_percent * own + next.cpu_percent * next_s;
        self.cpu_percent = busy / (own + next_s).max(f64::MIN_POSITIVE);
        let users = next.gathered.figures.users;
        self.gathered.length += next.gathered.length;
        self.gathered.figures.absorb(next.gathered.figures);
        // Those at its end, not the sum.
        self.gathered.figures.users = users;
        self.gathered.pools = next.gathered.pools;
        self.progress = next.progress;
    }
}

/// Where events wait. Cheap to clone; every clone is the same queue.
#[derive(Clone, Default)]
pub(super) struct Telling(Arc<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Mutex<VecDeque<Event>>,
    more: Condvar,
}

impl Telling {
    /// Tells an event, without waiting for anybody.
    pub(super) fn tell(&self, event: Event) {
        let mut waiting = self.lock();
        match event {
            Event::Interval(next) if intervals(&waiting) >= MOST_INTERVALS => {
                if let Some(last) = last_interval(&mut waiting) {
                    last.append(*next);
                }
                return;
            }
            Event::Seen(_) => waiting.retain(|event| !matches!(event, Event::Seen(_))),
            _ => {}
        }
        waiting.push_back(event);
        self.0.more.notify_one();
    }

    /// The next event; none if there is none within `limit`.
    pub(super) fn next(&self, limit: Duration) -> Option<Event> {
        let waited = self.0.more.wait_timeout_while(self.lock(), limit, |waiting| waiting.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Event>> {
        // A panic elsewhere leaves the queue whole, but for an interval half added to another at worst.
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn last_interval(waiting: &mut VecDeque<Event>) -> Option<&mut Counted> {
    waiting.iter_mut().rev().find_map(|event| match event {
        Event::Interval(counted) => Some(&mut **counted),
        _ => None,
    })
}

fn intervals(waiting: &VecDeque<Event>) -> usize {
    waiting.iter().filter(|event| matches!(event, Event::Interval(_))).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{CellKey, CellStats, Interval};

    /// The figures of a second in which `users` were there, each of whom met a success.
    fn counted(second: u64, users: u64) -> Counted {
        let key = CellKey { persona: "p".into(), operation: "op".into(), phase: "main".into() };
        let stats = CellStats { succeeded: users, ..CellStats::default() };
        let figures = Interval { cells: vec![(Arc::new(key), stats)], users, ..Interval::default() };
        let (start, length) = (Duration::from_secs(second), Duration::from_secs(1));
        let progress = Progress { elapsed_s: (second + 1) as f64, users, ..Progress::default() };
        let gathered = Gathered { start, length, figures, pools: Vec::new() };
        Counted { gathered, phase: "main".into(), cpu_percent: second as f64, progress }
    }

    fn all(telling: &Telling) -> Vec<Event> {
        std::iter::from_fn(|| telling.next(Duration::ZERO)).collect()
    }

    #[test]
    fn intervals_that_nobody_takes_are_added_up_and_none_is_lost() {
        let telling = Telling::default();
        (0..1000).for_each(|second| telling.tell(Event::Interval(Box::new(counted(second, 1 + second % 7)))));
        let told = all(&telling);
        assert_eq!(told.len(), MOST_INTERVALS);
        let intervals: Vec<_> = told
            .into_iter()
            .map(|event| match event {
                Event::Interval(counted) => counted,
                _ => panic!("only intervals were told"),
            })
            .collect();
        let mut end = Duration::ZERO;
        for counted in &intervals {
            assert_eq!(counted.gathered.start, end);
            end += counted.gathered.length;
        }
        assert_eq!(end, Duration::from_secs(1000));
        let succeeded = intervals.iter().flat_map(|counted| &counted.gathered.figures.cells);
        assert_eq!(
            succeeded.map(|(_, stats)| stats.succeeded).sum::<u64>(),
            (0..1000).map(|second| 1 + second % 7).sum::<u64>()
        );
        let last = &intervals[MOST_INTERVALS - 1];
        assert_eq!((last.gathered.figures.users, last.progress.users), (1 + 999 % 7, 1 + 999 % 7));
        assert_eq!(last.progress.elapsed_s, 1000.0);
        // The mean of 9 to 999.
        assert!((last.cpu_percent - 504.0).abs() < 1e-6, "{}", last.cpu_percent);
    }

    #[test]
    fn of_what_was_seen_only_the_newest_waits() {
        let telling = Telling::default();
        telling.tell(Event::Stage("playing"));
        (0..100).for_each(|_| telling.tell(Event::Seen(Box::default())));
        telling.tell(Event::Ended(Ok(())));
        let told = all(&telling);
        assert!(matches!(told.as_slice(), [Event::Stage("playing"), Event::Seen(_), Event::Ended(Ok(()))]));
    }
}
