//! When a sampler looks next: at its period, or less often where a look takes long or fails.

use std::time::{Duration, Instant};

/// A sampler keeps its target busy for no more than this part of the time: one in so many.
const ONE_IN: u32 = 20;

/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pace of one sampler.
#[derive(Debug)]
pub(super) struct Pace {
    period: Duration,
    due: Instant,
    failures: u32,
}

impl Pace {
    /// A sampler that is to look at `first` and then every `period`.
    pub(super) fn new(period: Duration, first: Instant) -> Self {
        Self { period, due: first, failures: 0 }
    }

    /// When it looks next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Has it look next one period after `origin`.
    pub(super) fn start(&mut self, origin: Instant) {
        self.due = origin + self.period;
    }

    /// It looked from `began` to `ended`.
    pub(super) fn looked(&mut self, began: Instant, ended: Instant) {
        self.failures = 0;
        let apart = self.period.max((ended - began) * ONE_IN);
        self.next(apart, began, ended);
    }

    /// It tried to look from `began` to `ended`, in vain.
    pub(super) fn failed(&mut self, began: Instant, ended: Instant) {
        self.failures = (self.failures + 1).min(10);
        let apart = (self.period * 2u32.pow(self.failures)).min(LONGEST_PAUSE.max(self.period));
        self.next(apart.max((ended - began) * ONE_IN), began, ended);
    }

    /// The next look is `apart` from when this one was due, so that looks keep step with the clock; what was missed is
    /// left out. A look between two of them changes nothing.
    fn next(&mut self, apart: Duration, began: Instant, ended: Instant) {
        if began < self.due && ended < self.due {
            return;
        }
        self.due = if self.due + apart > ended { self.due + apart } else { began + apart };
        if self.due <= ended {
            self.due = ended + apart;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn looks_keep_step_with_the_clock() {
        let origin = Instant::now();
        let mut pace = Pace::new(200 * MS, origin);
        pace.start(origin);
        for nth in 1..5 {
            assert_eq!(pace.due(), origin + 200 * MS * nth);
            let late = pace.due() + 3 * MS;
            pace.looked(late, late + MS);
        }
    }

    #[test]
    fn a_look_between_two_others_puts_none_off() {
        let origin = Instant::now();
        let mut pace = Pace::new(1000 * MS, origin);
        pace.start(origin);
        pace.looked(origin + 500 * MS, origin + 510 * MS);
        assert_eq!(pace.due(), origin + 1000 * MS);
    }

    #[test]
    fn what_takes_long_is_done_less_often() {
        let origin = Instant::now();
        let mut pace = Pace::new(200 * MS, origin);
        pace.looked(origin, origin + 50 * MS);
        assert_eq!(pace.due(), origin + 1000 * MS);
    }

    #[test]
    fn what_fails_again_and_again_is_tried_ever_more_rarely() {
        let origin = Instant::now();
        let mut pace = Pace::new(1000 * MS, origin);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let due = pace.due();
            pace.failed(due, due + MS);
            pauses.push((pace.due() - due).as_secs());
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
