//! The time that a target has for something in the middle of which the script is at work.

use std::borrow::Borrow;
use std::cell::Cell;
use std::time::{Duration, Instant};

use super::asked::Took;
use crate::drivers::Departure;
use crate::stats::micros;

/// Tells the time from when it left, but for the pauses in which the target has nothing to answer: what the script does
/// then, or sleeps, is the client's.
pub(super) struct Pauses<'a> {
    departure: &'a Departure,
    sum: Cell<Duration>,
}

impl<'a> Pauses<'a> {
    /// No pauses yet, in what leaves as `departure` tells.
    pub(super) fn of(departure: &'a Departure) -> Self {
        Self { departure, sum: Cell::default() }
    }

    /// A pause for as long as the result lives, also when that is cut off. There is one at a time.
    pub(super) fn begin(&self) -> Pause<'_> {
        Pause { sum: &self.sum, begun: Instant::now() }
    }
}

/// A pause.
pub(super) struct Pause<'a> {
    sum: &'a Cell<Duration>,
    begun: Instant,
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.sum.set(self.sum.get() + self.begun.elapsed());
    }
}

impl Took for &Pauses<'_> {
    fn so_far(&self) -> (Instant, u64) {
        let (started, time_us) = self.departure.so_far();
        (started, time_us.saturating_sub(micros(self.sum.get())))
    }
}

impl Borrow<Departure> for &Pauses<'_> {
    fn borrow(&self) -> &Departure {
        self.departure
    }
}
