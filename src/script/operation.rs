//! Timing one operation: from when it was due to its end, whatever the end is.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Instant;

use super::error::{Thrown, classify};
use super::host::Host;
use super::timeline::PhaseId;
use super::user::User;
use crate::clock::until;
use crate::drivers::Failure;
use crate::stats::{CellId, ErrorClass, Outcome, Sample, micros};

/// An operation of a persona, with its cell of each phase it was met in.
#[derive(Debug)]
pub struct OperationCells {
    /// The persona's name.
    pub persona: String,
    /// The operation's name.
    pub name: String,
    by_phase: RefCell<Vec<Option<CellId>>>,
}

impl OperationCells {
    /// An operation that has not been met yet.
    pub fn new(persona: &str, name: &str) -> Self {
        Self { persona: persona.to_owned(), name: name.to_owned(), by_phase: RefCell::default() }
    }

    /// The cell of a phase, made by `make` the first time.
    pub(super) fn cell(&self, phase: PhaseId, make: impl FnOnce() -> CellId) -> CellId {
        let mut cells = self.by_phase.borrow_mut();
        let phase = phase as usize;
        if phase >= cells.len() {
            cells.resize(phase + 1, None);
        }
        *cells[phase].get_or_insert_with(make)
    }
}

/// Plays `work` as one operation of `user`: times it, limits it, and counts how it ended.
///
/// It counts in `phase` if that is known, as it is for the one operation of an iteration, or else in the phase
/// in which it was due. An error is counted here, once, and handed on as [`Thrown::Counted`]. If the
/// future is dropped before its end, the operation counts as unfinished.
pub async fn play<T>(
    host: &Rc<Host>,
    user: &Rc<User>,
    operation: &OperationCells,
    phase: Option<PhaseId>,
    work: impl Future<Output = mlua::Result<T>>,
) -> mlua::Result<T> {
    let timing = Timing::start(host, user, operation, phase);
    let limit = host.plan.limits.operation;
    let result = match until(timing.started + limit, work).await {
        Ok(result) => result,
        Err(_) => Err(Failure::Timeout { what: format!("operation `{}`", operation.name), limit }.into()),
    };
    timing.end(result)
}

/// An operation under way. Dropped without an end, it is unfinished.
struct Timing<'a> {
    host: &'a Rc<Host>,
    user: &'a Rc<User>,
    operation: &'a OperationCells,
    cell: CellId,
    due: Instant,
    started: Instant,
    before: Used,
    /// The phase of the operation that this one is part of.
    outer: Option<PhaseId>,
    ended: bool,
}

/// A reading of a user's tally.
#[derive(Clone, Copy)]
struct Used {
    pool_us: u64,
    rows: u64,
    bytes: u64,
    retries: u64,
}

impl Used {
    fn by(user: &User) -> Self {
        let tally = &user.tally;
        Self {
            pool_us: tally.pool_us.get(),
            rows: tally.rows.get(),
            bytes: tally.bytes.get(),
            retries: tally.retries.get(),
        }
    }
}

impl<'a> Timing<'a> {
    fn start(host: &'a Rc<Host>, user: &'a Rc<User>, operation: &'a OperationCells, phase: Option<PhaseId>) -> Self {
        let started = Instant::now();
        let due = user.due.take().unwrap_or(started);
        let phase = phase.unwrap_or_else(|| host.timeline.phase_at(due));
        let cell = host.cell(operation, phase);
        let outer = user.phase.replace(Some(phase));
        Self { host, user, operation, cell, due, started, before: Used::by(user), outer, ended: false }
    }

    fn end<T>(mut self, result: mlua::Result<T>) -> mlua::Result<T> {
        self.ended = true;
        let error = match result {
            Ok(value) => {
                self.record(Outcome::Succeeded);
                return Ok(value);
            }
            Err(error) => error,
        };
        self.record(Outcome::Failed);
        self.user.failed.set(true);
        let classified = classify(&error);
        let Some(class) = classified.class else { return Err(error) };
        let bug = class == ErrorClass::ScriptBug;
        self.host.recorder.borrow_mut().error(self.cell, class, || classified.message.clone());
        if bug {
            self.host.report_bug(self.user, &error);
        }
        Err(Thrown::Counted(Rc::new(error)).into())
    }

    fn record(&self, outcome: Outcome) {
        let (used, now) = (Used::by(self.user), Instant::now());
        let sample = Sample {
            outcome,
            response_us: micros(now.saturating_duration_since(self.due)),
            wait_us: micros(self.started - self.due),
            pool_us: used.pool_us - self.before.pool_us,
            retries: used.retries - self.before.retries,
            rows: used.rows - self.before.rows,
            bytes: used.bytes - self.before.bytes,
        };
        self.host.recorder.borrow_mut().operation(self.cell, &sample);
        if outcome == Outcome::Succeeded
            && let Some(phase) = self.host.timeline.measured_at(now)
        {
            let cell = self.host.cell(self.operation, phase);
            self.host.recorder.borrow_mut().in_time(cell);
        }
    }
}

impl Drop for Timing<'_> {
    fn drop(&mut self) {
        self.user.phase.set(self.outer);
        if !self.ended {
            self.record(Outcome::Unfinished);
        }
    }
}
