//! Putting the workers' intervals together, as they come in.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::handover::{INTERVAL, WorkerInterval};
use crate::record::{IntervalInput, PoolKey};
use crate::stats::{Interval, Latency, PoolStats};

/// Intervals of which some workers' parts are still missing, and what must be kept from one to the next.
pub struct Gather {
    workers: usize,
    pending: BTreeMap<u64, Vec<WorkerInterval>>,
    /// Workers that will report no more, and the number of intervals each reported.
    ended: HashMap<usize, u64>,
    reported: HashMap<usize, u64>,
    /// The pools as each worker saw them last.
    pools: HashMap<usize, Vec<(PoolKey, PoolStats)>>,
    waits: HashMap<String, Latency>,
    until: Duration,
}

/// One interval, merged over workers.
pub struct Gathered {
    /// When it began, on the run's clock.
    pub start: Duration,
    /// How long it took.
    pub length: Duration,
    /// What was counted.
    pub figures: Interval,
    /// The pools, merged over workers, with all waits so far.
    pub pools: Vec<(PoolKey, PoolStats)>,
}

impl Gathered {
    /// Whether this is no more than the moment between the last full interval and the end.
    pub fn is_remnant(&self) -> bool {
        let figures = &self.figures;
        let counted = figures.cells.iter().any(|(_, stats)| !stats.is_empty())
            || !figures.iterations.is_empty()
            || !figures.errors.is_empty()
            || !figures.statements.is_empty()
            || !figures.metrics.is_empty()
            || !figures.pool_waits.is_empty();
        self.length < INTERVAL / 10 && !counted
    }

    /// The same as it enters the record, with the phase in which it began and the processor time of the process.
    pub fn input<'a>(&'a self, phase: &'a str, cpu_percent: f64) -> IntervalInput<'a> {
        IntervalInput {
            start: self.start,
            length: self.length,
            phase,
            figures: &self.figures,
            pools: &self.pools,
            cpu_percent,
        }
    }
}

impl Gather {
    /// Nothing gathered yet.
    pub fn new(workers: usize) -> Self {
        Self {
            workers,
            pending: BTreeMap::new(),
            ended: HashMap::new(),
            reported: HashMap::new(),
            pools: HashMap::new(),
            waits: HashMap::new(),
            until: Duration::ZERO,
        }
    }

    /// Takes one worker's interval; one that was given up has no say any more.
    pub fn add(&mut self, interval: WorkerInterval) {
        if self.ended.contains_key(&interval.worker) {
            return;
        }
        self.until = self.until.max(INTERVAL * interval.index as u32 + interval.length);
        *self.reported.entry(interval.worker).or_default() = interval.index + 1;
        self.pending.entry(interval.index).or_default().push(interval);
    }

    /// Notes that a worker will report no more.
    pub fn end(&mut self, worker: usize) {
        self.ended.insert(worker, self.reported.get(&worker).copied().unwrap_or(0));
    }

    /// When the last worker handed over last, on the run's clock.
    pub fn until(&self) -> Duration {
        self.until
    }

    /// Whether all workers have ended.
    pub fn is_over(&self) -> bool {
        self.ended.len() == self.workers
    }

    /// The next interval to which nothing more will come.
    pub fn next(&mut self) -> Option<Gathered> {
        let (&index, parts) = self.pending.first_key_value()?;
        let missing = self.workers - parts.len();
        let gone = self.ended.values().filter(|reported| **reported <= index).count();
        if missing > gone {
            return None;
        }
        let parts = self.pending.remove(&index)?;
        Some(self.merge(index, parts))
    }

    /// Everything that is left, complete or not: for a run that waits for a worker no longer.
    pub fn rest(&mut self) -> Vec<Gathered> {
        let pending = std::mem::take(&mut self.pending);
        pending.into_iter().map(|(index, parts)| self.merge(index, parts)).collect()
    }

    fn merge(&mut self, index: u64, parts: Vec<WorkerInterval>) -> Gathered {
        let mut figures = Interval::default();
        let length = parts.iter().map(|part| part.length).max().unwrap_or(INTERVAL);
        for part in parts {
            figures.absorb(part.figures);
            self.pools.insert(part.worker, part.pools);
        }
        for (target, waits) in &figures.pool_waits {
            self.waits.entry(target.clone()).or_default().merge(waits);
        }
        let start = INTERVAL * index as u32;
        Gathered { start, length, figures, pools: self.merged_pools() }
    }

    fn merged_pools(&self) -> Vec<(PoolKey, PoolStats)> {
        let mut merged: BTreeMap<PoolKey, PoolStats> = BTreeMap::new();
        for (key, stats) in self.pools.values().flatten() {
            merged.entry(key.clone()).or_default().merge(stats);
        }
        for (key, stats) in &mut merged {
            let label = match &key.persona {
                Some(persona) => format!("{}:{persona}", key.name),
                None => key.name.clone(),
            };
            if let Some(waits) = self.waits.get(&label) {
                stats.wait = waits.clone();
            }
        }
        merged.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(worker: usize, index: u64) -> WorkerInterval {
        WorkerInterval {
            worker,
            index,
            length: INTERVAL,
            figures: Interval { users: 1, ..Interval::default() },
            pools: Vec::new(),
            exemplars: Vec::new(),
        }
    }

    #[test]
    fn an_interval_waits_for_every_worker_that_has_not_ended() {
        let mut gather = Gather::new(2);
        gather.add(interval(0, 0));
        assert!(gather.next().is_none());
        gather.add(interval(1, 0));
        assert_eq!(gather.next().map(|gathered| gathered.figures.users), Some(2));
        gather.add(interval(1, 1));
        gather.end(1);
        assert!(gather.next().is_none());
        gather.add(interval(0, 1));
        gather.add(interval(0, 2));
        assert_eq!(gather.next().map(|gathered| gathered.figures.users), Some(2));
        assert_eq!(gather.next().map(|gathered| gathered.figures.users), Some(1));
        assert!(!gather.is_over());
    }
}
