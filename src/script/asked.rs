//! A statement, command or request under way: timed while it is the target's to answer, and counted whatever its end is.

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Instant;

use super::host::{Execution, Host};
use super::user::{Tally, User};
use crate::drivers::Departure;
use crate::stats::micros;

/// What a rehearsal is told of a statement that the end of its operation or of the run has cut off.
const CUT_OFF: &str = "cut off";

/// A statement, command or request that was asked of a target. Dropped without an end, it was cut off: by the limit of its
/// operation or by the end of the run. That counts as a failure too, and so does the time until then.
pub(super) struct Asked<'a, C: Took> {
    host: &'a Host,
    user: &'a User,
    target: &'a str,
    label: &'a Arc<str>,
    /// Whether it is counted under its label.
    own_figures: bool,
    took: C,
    ended: bool,
}

/// Tells how long something has taken so far.
pub(super) trait Took {
    /// When it began, and the time in µs that the target has had for it.
    fn so_far(&self) -> (Instant, u64);
}

/// From when it left: until the turn's end it waited with throng. What was refused before that took no time.
impl Took for Departure {
    fn so_far(&self) -> (Instant, u64) {
        let now = Instant::now();
        let started = self.take().unwrap_or(now);
        (started, micros(now.saturating_duration_since(started)))
    }
}

impl Took for &Departure {
    fn so_far(&self) -> (Instant, u64) {
        (**self).so_far()
    }
}

/// From a moment on.
impl Took for Instant {
    fn so_far(&self) -> (Instant, u64) {
        (*self, micros(self.elapsed()))
    }
}

impl<'a, D: Took + Borrow<Departure>> Asked<'a, D> {
    /// To be called before anything is sent.
    pub(super) fn begin(
        host: &'a Host,
        user: &'a User,
        target: &'a str,
        label: &'a Arc<str>,
        own_figures: bool,
        departure: D,
    ) -> Self {
        // When what was asked before left is of no interest any more.
        departure.borrow().take();
        Self { host, user, target, label, own_figures, took: departure, ended: false }
    }
}

impl<'a, C: Took> Asked<'a, C> {
    /// The label it was asked under.
    pub(super) fn label(&self) -> &'a Arc<str> {
        self.label
    }

    /// Something that tells its time itself.
    pub(super) fn timed(host: &'a Host, user: &'a User, target: &'a str, label: &'a Arc<str>, took: C) -> Self {
        Self { host, user, target, label, own_figures: true, took, ended: false }
    }

    /// Counts its end: rows returned or changed, and whether it did what was asked. Returns how long it took, in µs.
    pub(super) fn end(mut self, rows: u64, succeeded: bool) -> u64 {
        self.ended = true;
        self.count(rows, succeeded)
    }

    fn count(&self, rows: u64, succeeded: bool) -> u64 {
        let (started, time_us) = self.took.so_far();
        Tally::add(&self.user.tally.rows, rows);
        Tally::add(&self.user.tally.target_us, time_us);
        if self.own_figures {
            let execution = Execution { started, time_us, rows, succeeded };
            self.host.count_statement(self.user, self.target, self.label, &execution);
        }
        time_us
    }
}

impl<C: Took> Drop for Asked<'_, C> {
    fn drop(&mut self) {
        if !self.ended {
            let time_us = self.count(0, false);
            self.host.trace(self.label, time_us, 0, Some(CUT_OFF));
        }
    }
}
