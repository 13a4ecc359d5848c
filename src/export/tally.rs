//! Everything that was counted since the run began.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::plan::Plan;
use crate::record::{IntervalInput, PoolKey};
use crate::stats::{Interval, PoolStats};

/// The sum of all intervals so far, and how things stand at the end of the last.
#[derive(Debug, Default)]
pub struct Tally {
    /// What tells the run from others.
    pub(super) run: Run,
    /// All intervals added up; the users are those at the end of the last.
    pub(super) sum: Interval,
    /// Each pool as it stood last.
    pub(super) pools: BTreeMap<PoolKey, PoolStats>,
    /// The phase in which the last interval began.
    pub(super) phase: String,
    /// Processor time of the process in the last interval, in percent of the worker threads.
    pub(super) cpu_percent: f64,
    /// How many intervals there have been.
    pub(super) intervals: u64,
    /// When the first interval began and the last one ended; `None` before there is any.
    pub(super) time: Option<(SystemTime, SystemTime)>,
}

/// What tells a run from others.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    pub(super) scenario: String,
    pub(super) profile: String,
    pub(super) run_id: String,
    pub(super) seed: u64,
}

impl Tally {
    /// Takes down what will be played.
    pub fn begin(&mut self, plan: &Plan) {
        self.run = Run {
            scenario: plan.scenario.clone(),
            profile: plan.profile.clone().unwrap_or_default(),
            run_id: plan.run_id.clone(),
            seed: plan.seed,
        };
    }

    /// Adds an interval that has just ended.
    pub fn add(&mut self, interval: &IntervalInput<'_>) {
        self.sum.merge(interval.figures);
        self.sum.users = interval.figures.users;
        for (key, stats) in interval.pools {
            self.pools.insert(key.clone(), stats.clone());
        }
        interval.phase.clone_into(&mut self.phase);
        self.cpu_percent = interval.cpu_percent;
        self.intervals += 1;
        let now = SystemTime::now();
        let begun = || now.checked_sub(interval.start + interval.length).unwrap_or(now);
        let begun = self.time.map_or_else(begun, |(begun, _)| begun);
        self.time = Some((begun, now));
    }
}

/// A tally that several read while it grows.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<Mutex<Tally>>);

impl Shared {
    /// To read or to add to. Held for a moment only: whoever adds must not wait long.
    pub fn lock(&self) -> MutexGuard<'_, Tally> {
        // A panic leaves an interval half added at worst, and the record is made elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
