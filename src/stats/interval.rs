//! What one worker counted in one interval.

use std::collections::HashMap;
use std::sync::Arc;

use super::{CellKey, CellStats, ErrorClass, IterationCounts, Latency, MetricKey, MetricStats};

/// All figures of a stretch of time: of one worker's interval, or merged over workers and intervals.
#[derive(Debug, Clone, Default)]
pub struct Interval {
    /// By operation, persona and phase; the order in which the worker met them.
    pub cells: Vec<(Arc<CellKey>, CellStats)>,
    /// By persona and phase.
    pub iterations: HashMap<(String, String), IterationCounts>,
    /// By class, operation, persona and phase.
    pub errors: HashMap<ErrorKey, ErrorStats>,
    /// By target, then by label.
    pub statements: HashMap<String, HashMap<Arc<str>, StatementStats>>,
    /// Metrics of the scenario's own.
    pub metrics: HashMap<MetricKey, MetricStats>,
    /// Waiting for connections, by target.
    pub pool_waits: HashMap<String, Latency>,
    /// How much later than asked the worker's loop came round.
    pub loop_lag: Latency,
    /// Users alive when the interval ended.
    pub users: u64,
}

/// The name of the operation under which errors outside any operation are counted.
pub const OUTSIDE: &str = "(outside operations)";

/// What an error is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorKey {
    /// Its class.
    pub class: ErrorClass,
    /// The operation that met it.
    pub operation: String,
    /// The persona that met it.
    pub persona: String,
    /// The phase.
    pub phase: String,
}

impl ErrorKey {
    /// Whether no operation met it.
    pub fn is_outside(&self) -> bool {
        self.operation == OUTSIDE
    }
}

/// One kind of error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorStats {
    /// How often.
    pub count: u64,
    /// What the first one said.
    pub first_message: String,
}

/// One labelled statement on one target, in measured phases.
#[derive(Debug, Clone, Default)]
pub struct StatementStats {
    /// Executions that succeeded.
    pub succeeded: u64,
    /// Executions that failed.
    pub failed: u64,
    /// The time of those, summed.
    pub failed_us: u64,
    /// Rows returned or affected.
    pub rows: u64,
    /// From sending to the last row, without waiting for a connection.
    pub time: Latency,
}

impl StatementStats {
    pub(super) fn take(&mut self) -> StatementStats {
        use std::mem::take;
        StatementStats {
            succeeded: take(&mut self.succeeded),
            failed: take(&mut self.failed),
            failed_us: take(&mut self.failed_us),
            rows: take(&mut self.rows),
            time: self.time.take(),
        }
    }

    fn merge(&mut self, other: &StatementStats) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.failed_us += other.failed_us;
        self.rows += other.rows;
        self.time.merge(&other.time);
    }
}

impl Interval {
    /// Hands over what was counted, and keeps the places and the memory of what is counted often.
    pub fn take(&mut self) -> Interval {
        let cells = self.cells.iter_mut().map(|(key, stats)| (key.clone(), stats.take()));
        Interval {
            cells: cells.filter(|(_, stats)| !stats.is_empty()).collect(),
            iterations: std::mem::take(&mut self.iterations),
            errors: std::mem::take(&mut self.errors),
            statements: std::mem::take(&mut self.statements),
            metrics: std::mem::take(&mut self.metrics),
            pool_waits: std::mem::take(&mut self.pool_waits),
            loop_lag: self.loop_lag.take(),
            users: std::mem::take(&mut self.users),
        }
    }

    /// Adds all of `other`, which need not be copied if this is empty.
    pub fn absorb(&mut self, other: Interval) {
        if self.is_empty() {
            *self = other;
        } else {
            self.merge(&other);
        }
    }

    /// Whether nothing was counted, nobody was there and nothing was timed.
    fn is_empty(&self) -> bool {
        self.cells.is_empty()
            && self.iterations.is_empty()
            && self.errors.is_empty()
            && self.statements.is_empty()
            && self.metrics.is_empty()
            && self.pool_waits.is_empty()
            && self.loop_lag.count() == 0
            && self.users == 0
    }

    /// Adds all of `other`: a later interval of the same worker, or the same interval of another.
    pub fn merge(&mut self, other: &Interval) {
        for (key, stats) in &other.cells {
            if stats.is_empty() {
                continue;
            }
            match self.cells.iter_mut().find(|(known, _)| known == key) {
                Some((_, mine)) => mine.merge(stats),
                None => self.cells.push((key.clone(), stats.clone())),
            }
        }
        for (key, counts) in &other.iterations {
            self.iterations.entry(key.clone()).or_default().merge(counts);
        }
        for (key, stats) in &other.errors {
            self.errors
                .entry(key.clone())
                .and_modify(|mine| mine.count += stats.count)
                .or_insert_with(|| stats.clone());
        }
        for (target, statements) in &other.statements {
            let mine = self.statements.entry(target.clone()).or_default();
            for (label, stats) in statements {
                mine.entry(label.clone()).or_default().merge(stats);
            }
        }
        for (key, stats) in &other.metrics {
            match self.metrics.get_mut(key) {
                Some(mine) => mine.merge(stats),
                None => {
                    self.metrics.insert(key.clone(), stats.clone());
                }
            }
        }
        for (target, waits) in &other.pool_waits {
            self.pool_waits.entry(target.clone()).or_default().merge(waits);
        }
        self.loop_lag.merge(&other.loop_lag);
        self.users += other.users;
    }
}
