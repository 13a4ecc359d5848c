//! A statement or command under way: timed while it is the target's to answer, and counted whatever its end is.

use std::sync::Arc;
use std::time::Instant;

use super::host::{Execution, Host};
use super::user::{Tally, User};
use crate::drivers::Departure;
use crate::stats::micros;

/// What a rehearsal is told of a statement that the end of its operation or of the run has cut off.
const CUT_OFF: &str = "cut off";

/// A statement or command that was asked of a target. Dropped without an end, it was cut off: by the limit of its
/// operation or by the end of the run. That counts as a failure too, and so does the time until then.
pub(super) struct Asked<'a> {
    host: &'a Host,
    user: &'a User,
    target: &'a str,
    label: &'a Arc<str>,
    /// Whether it is counted under its label.
    own_figures: bool,
    departure: Departure,
    ended: bool,
}

impl<'a> Asked<'a> {
    /// To be called before anything is sent.
    pub(super) fn begin(
        host: &'a Host,
        user: &'a User,
        target: &'a str,
        label: &'a Arc<str>,
        own_figures: bool,
        departure: Departure,
    ) -> Self {
        // When what was asked before left is of no interest any more.
        departure.take();
        Self { host, user, target, label, own_figures, departure, ended: false }
    }

    /// Counts its end: rows returned or changed, and whether it did what was asked. Returns how long it took, in µs.
    pub(super) fn end(mut self, rows: u64, succeeded: bool) -> u64 {
        self.ended = true;
        self.count(rows, succeeded)
    }

    fn count(&self, rows: u64, succeeded: bool) -> u64 {
        // From when it left: until the turn's end it waited with throng. What was refused before that took no time.
        let now = Instant::now();
        let started = self.departure.take().unwrap_or(now);
        let time_us = micros(now.saturating_duration_since(started));
        Tally::add(&self.user.tally.rows, rows);
        Tally::add(&self.user.tally.target_us, time_us);
        if self.own_figures {
            let execution = Execution { started, time_us, rows, succeeded };
            self.host.count_statement(self.user, self.target, self.label, &execution);
        }
        time_us
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let time_us = self.count(0, false);
            self.host.trace(self.label, time_us, 0, Some(CUT_OFF));
        }
    }
}
