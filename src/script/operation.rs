//! Timing one operation: from when it was due to its end, whatever the end is.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use pin_project_lite::pin_project;

use super::error::{Thrown, classify};
use super::host::Host;
use super::timeline::PhaseId;
use super::user::User;
use crate::clock::{Elapsed, Within, until};
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

/// Plays `work` as one operation of `user` that starts at `started`: times it, limits it, and counts how it
/// ended. With its result comes when that was.
///
/// It counts in `phase` if that is known, as it is for the one operation of an iteration, or else in the phase
/// in which it was due. An error is counted here, once, and handed on as [`Thrown::Counted`]. If the
/// future is dropped before its end, the operation counts as unfinished.
pub fn play<'a, W: Future>(
    host: &'a Rc<Host>,
    user: &'a Rc<User>,
    operation: &'a OperationCells,
    phase: Option<PhaseId>,
    started: Instant,
    work: W,
) -> Operation<'a, W> {
    let timing = Timing::start(host, user, operation, phase, started);
    Operation { work: Some(until(started + host.plan.limits.operation, work)), timing: Some(timing) }
}

pin_project! {
    /// The future of [`play`], written out so that `work` is kept once and is gone, with all that it used up
    /// counted, before the operation itself is counted.
    pub struct Operation<'a, W> {
        #[pin]
        work: Option<Within<W>>,
        timing: Option<Timing<'a>>,
    }
}

impl<T, W: Future<Output = mlua::Result<T>>> Future for Operation<'_, W> {
    type Output = (mlua::Result<T>, Instant);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(work) = this.work.as_mut().as_pin_mut() else { return Poll::Pending };
        let result = ready!(work.poll(context));
        this.work.set(None);
        let Some(timing) = this.timing.take() else { return Poll::Pending };
        let result = result.unwrap_or_else(|Elapsed| {
            let limit = timing.host.plan.limits.operation;
            Err(Failure::Timeout { what: format!("operation `{}`", timing.operation.name), limit }.into())
        });
        Poll::Ready(timing.end(result))
    }
}

/// An operation under way. Dropped without an end, it is unfinished.
struct Timing<'a> {
    host: &'a Rc<Host>,
    user: &'a Rc<User>,
    operation: &'a OperationCells,
    cell: CellId,
    phase: PhaseId,
    due: Instant,
    started: Instant,
    before: Used,
    /// The phase of the operation that this one is part of.
    outer: Option<PhaseId>,
    /// Where that one counts.
    outer_cell: Option<CellId>,
    ended: bool,
}

/// A reading of a user's tally.
#[derive(Clone, Copy)]
struct Used {
    pool_us: u64,
    rows: u64,
    bytes: u64,
    retries: u64,
    target_us: u64,
}

impl Used {
    fn by(user: &User) -> Self {
        let tally = &user.tally;
        Self {
            pool_us: tally.pool_us.get(),
            rows: tally.rows.get(),
            bytes: tally.bytes.get(),
            retries: tally.retries.get(),
            target_us: tally.target_us.get(),
        }
    }
}

impl<'a> Timing<'a> {
    fn start(
        host: &'a Rc<Host>,
        user: &'a Rc<User>,
        operation: &'a OperationCells,
        phase: Option<PhaseId>,
        started: Instant,
    ) -> Self {
        let due = user.due.take().unwrap_or(started);
        let phase = phase.unwrap_or_else(|| host.timeline.phase_at(due));
        let cell = host.cell(operation, phase);
        let outer = user.phase.replace(Some(phase));
        let outer_cell = user.cell.replace(Some(cell));
        let before = Used::by(user);
        Self { host, user, operation, cell, phase, due, started, before, outer, outer_cell, ended: false }
    }

    fn end<T>(mut self, result: mlua::Result<T>) -> (mlua::Result<T>, Instant) {
        self.ended = true;
        let now = Instant::now();
        self.record(if result.is_ok() { Outcome::Succeeded } else { Outcome::Failed }, now);
        (result.map_err(|error| self.count(error)), now)
    }

    /// Counts what went wrong, unless an operation within this one has.
    fn count(&self, error: mlua::Error) -> mlua::Error {
        self.user.failed.set(true);
        let classified = classify(&error);
        let Some(class) = classified.class else { return error };
        let bug = class == ErrorClass::ScriptBug;
        self.host.recorder.borrow_mut().error(self.cell, class, || classified.message.clone());
        if bug {
            self.host.report_bug(self.user, &error);
        }
        Thrown::Counted(Rc::new(error)).into()
    }

    fn record(&self, outcome: Outcome, now: Instant) {
        let used = Used::by(self.user);
        let sample = Sample {
            outcome,
            response_us: micros(now.saturating_duration_since(self.due)),
            wait_us: micros(self.started - self.due),
            pool_us: used.pool_us - self.before.pool_us,
            retries: used.retries - self.before.retries,
            rows: used.rows - self.before.rows,
            bytes: used.bytes - self.before.bytes,
            target_us: used.target_us - self.before.target_us,
        };
        let in_time = match self.host.timeline.measured_at(now).filter(|_| outcome == Outcome::Succeeded) {
            Some(phase) if phase == self.phase => Some(self.cell),
            Some(phase) => Some(self.host.cell(self.operation, phase)),
            None => None,
        };
        let mut recorder = self.host.recorder.borrow_mut();
        recorder.operation(self.cell, &sample);
        if let Some(cell) = in_time {
            recorder.in_time(cell);
        }
    }
}

impl Drop for Timing<'_> {
    fn drop(&mut self) {
        self.user.phase.set(self.outer);
        self.user.cell.set(self.outer_cell);
        if !self.ended {
            self.record(Outcome::Unfinished, Instant::now());
        }
    }
}
