//! Handing a worker's figures over to the session, once a second.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::error::EngineError;
use super::pools;
use super::worker::Crew;
use crate::drivers::postgres::Exemplar;
use crate::record::PoolKey;
use crate::script::ScriptError;
use crate::stats::{Interval, PoolStats};

/// The length of an interval.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// What a worker tells the session.
pub enum Report {
    /// It has loaded the scenario and waits for the start.
    Ready,
    /// Its figures of one interval.
    Interval(Box<WorkerInterval>),
    /// A bug in the script that ends the run.
    Bug(ScriptError),
    /// Its loop has come round.
    Beat,
    /// It is done, for better or worse.
    Ended {
        /// Which worker.
        worker: usize,
        /// How it ended.
        outcome: Result<(), EngineError>,
    },
}

/// A report and the worker that sent it.
pub type FromWorker = (usize, Report);

/// One worker's figures of one interval.
pub struct WorkerInterval {
    /// Which worker.
    pub worker: usize,
    /// The interval's number, from 0.
    pub index: u64,
    /// How long it took: a full interval, but for the last.
    pub length: Duration,
    /// What was counted.
    pub figures: Interval,
    /// The worker's pools, waits left out, since those are in the figures.
    pub pools: Vec<(PoolKey, PoolStats)>,
    /// Executions of statements, slower than any before, if plans are to be taken of them.
    pub exemplars: Vec<Exemplar>,
}

/// Where a worker stands in handing over.
pub struct Handover {
    worker: usize,
    next: u64,
}

impl Handover {
    /// Nothing handed over yet.
    pub fn new(worker: usize) -> Self {
        Self { worker, next: 0 }
    }

    /// Hands over a full interval.
    fn full(&mut self, crew: &Crew) {
        self.hand_over(crew, INTERVAL);
    }

    /// Hands over what was counted since the last full interval.
    pub fn last(&mut self, crew: &Crew) {
        let begun = crew.origin() + INTERVAL * self.next as u32;
        self.hand_over(crew, begun.elapsed());
    }

    fn hand_over(&mut self, crew: &Crew, length: Duration) {
        let index = self.next;
        self.next += 1;
        let host = crew.cast.host();
        let figures = host.recorder.borrow_mut().swap(crew.alive());
        let pools = pools::sample(&crew.plan, &host.pools);
        let (worker, exemplars) = (self.worker, host.exemplars.take());
        crew.tell(Report::Interval(Box::new(WorkerInterval { worker, index, length, figures, pools, exemplars })));
    }

    /// When the next interval ends.
    fn due(&self, crew: &Crew) -> Instant {
        crew.origin() + INTERVAL * (self.next + 1) as u32
    }
}

/// Hands over at the end of each interval; never returns.
pub async fn hand_over_each_second(crew: Rc<Crew>, handover: Rc<RefCell<Handover>>) {
    loop {
        let due = handover.borrow().due(&crew);
        crew.clock.sleep_until(due).await;
        handover.borrow_mut().full(&crew);
    }
}

/// Measures how late the loop comes round, and shows the session and the script hook that it does; never returns.
pub async fn feel_the_loop(crew: Rc<Crew>) {
    let mut turns = 0u32;
    loop {
        let due = Instant::now() + Crew::LAG_PERIOD;
        crew.clock.sleep_until(due).await;
        crew.cast.turn();
        if crew.has_started() {
            let lag_us = due.elapsed().as_micros() as u64;
            crew.cast.host().recorder.borrow_mut().loop_lag(lag_us);
        }
        turns += 1;
        if turns.is_multiple_of(50) {
            crew.tell(Report::Beat);
        }
    }
}
