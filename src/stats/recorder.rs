//! A worker's own book of figures.

use std::collections::HashMap;
use std::sync::Arc;

use super::{
    CellKey, CellStats, ErrorClass, ErrorKey, ErrorStats, Interval, IterationCounts, Latency, MetricKey, MetricStats,
    Sample, StatementStats,
};

/// Where a cell stands in the recorder that gave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellId(u32);

/// Where a persona's iteration counts of a phase stand in the recorder that gave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IterationId(u32);

/// Counts what one worker does. Recording an operation allocates nothing once its cell exists.
#[derive(Debug, Default)]
pub struct Recorder {
    current: Interval,
    ids: HashMap<Arc<CellKey>, CellId>,
    iterations: Vec<((String, String), IterationCounts)>,
    statements: Statements,
    /// By target: few, so that looking through them is quicker than a hash.
    pool_waits: Vec<(String, Latency)>,
}

/// Figures of labelled statements, found without a hash where the label is one that was met before.
#[derive(Debug, Default)]
struct Statements {
    figures: Vec<Labelled>,
    /// By target, then by label.
    places: HashMap<String, HashMap<Arc<str>, usize>>,
    /// The places last met, by the address of the label.
    recent: [usize; RECENT],
}

#[derive(Debug)]
struct Labelled {
    target: String,
    label: Arc<str>,
    stats: StatementStats,
}

/// How many places of statements are kept ready: more than the statements of most scenarios.
const RECENT: usize = 32;

impl Statements {
    fn of(&mut self, target: &str, label: &Arc<str>) -> &mut StatementStats {
        // An allocation of an `Arc<str>` is some 32 bytes long at the least.
        let slot = (label.as_ptr() as usize >> 5) % RECENT;
        let recent = self.recent[slot];
        let met =
            self.figures.get(recent).is_some_and(|known| Arc::ptr_eq(&known.label, label) && known.target == target);
        let place = if met { recent } else { self.place(target, label) };
        self.recent[slot] = place;
        &mut self.figures[place].stats
    }

    fn place(&mut self, target: &str, label: &Arc<str>) -> usize {
        if let Some(&place) = self.places.get(target).and_then(|labels| labels.get(label)) {
            return place;
        }
        let place = self.figures.len();
        self.figures.push(Labelled {
            target: target.to_owned(),
            label: label.clone(),
            stats: StatementStats::default(),
        });
        self.places.entry(target.to_owned()).or_default().insert(label.clone(), place);
        place
    }

    /// Takes the figures out, by target and label. Statements keep their places.
    fn take(&mut self) -> HashMap<String, HashMap<Arc<str>, StatementStats>> {
        let mut taken: HashMap<String, HashMap<Arc<str>, StatementStats>> = HashMap::new();
        for Labelled { target, label, stats } in &mut self.figures {
            if stats.time.count() > 0 {
                taken.entry(target.clone()).or_default().insert(label.clone(), stats.take());
            }
        }
        taken
    }
}

impl Recorder {
    /// The cell of an operation, made if new.
    pub fn cell(&mut self, persona: &str, operation: &str, phase: &str) -> CellId {
        let key = CellKey { persona: persona.into(), operation: operation.into(), phase: phase.into() };
        if let Some(&id) = self.ids.get(&key) {
            return id;
        }
        let key = Arc::new(key);
        let id = CellId(self.current.cells.len() as u32);
        self.current.cells.push((key.clone(), CellStats::default()));
        self.ids.insert(key, id);
        id
    }

    /// Counts one operation.
    pub fn operation(&mut self, cell: CellId, sample: &Sample) {
        self.current.cells[cell.0 as usize].1.record(sample);
    }

    /// Counts that an operation succeeded while the phase of `cell` was in force, in whichever phase it was due.
    pub fn in_time(&mut self, cell: CellId) {
        self.current.cells[cell.0 as usize].1.in_time += 1;
    }

    /// Counts one error of the operation in `cell`.
    pub fn error(&mut self, cell: CellId, class: ErrorClass, message: impl FnOnce() -> String) {
        let key = self.current.cells[cell.0 as usize].0.clone();
        self.error_at(&key, class, message);
    }

    /// Counts one error outside any operation, under the name that `key` gives.
    pub fn error_at(&mut self, key: &CellKey, class: ErrorClass, message: impl FnOnce() -> String) {
        let key = ErrorKey {
            class,
            operation: key.operation.clone(),
            persona: key.persona.clone(),
            phase: key.phase.clone(),
        };
        self.current
            .errors
            .entry(key)
            .and_modify(|stats| stats.count += 1)
            .or_insert_with(|| ErrorStats { count: 1, first_message: message() });
    }

    /// The place of the iteration counts of a persona in a phase, made if new.
    pub fn iteration_id(&mut self, persona: &str, phase: &str) -> IterationId {
        let known = self.iterations.iter().position(|((p, ph), _)| p == persona && ph == phase);
        let position = known.unwrap_or_else(|| {
            self.iterations.push(((persona.to_owned(), phase.to_owned()), IterationCounts::default()));
            self.iterations.len() - 1
        });
        IterationId(position as u32)
    }

    /// Iteration counts to add to.
    pub fn iterations(&mut self, id: IterationId) -> &mut IterationCounts {
        &mut self.iterations[id.0 as usize].1
    }

    /// Counts how long a user waited for a connection of the target's pool.
    pub fn pool_wait(&mut self, target: &str, us: u64) {
        let known = self.pool_waits.iter().position(|(known, _)| known == target);
        let place = known.unwrap_or_else(|| {
            self.pool_waits.push((target.to_owned(), Latency::default()));
            self.pool_waits.len() - 1
        });
        self.pool_waits[place].1.record(us);
    }

    /// Counts one execution of a labelled statement on a target.
    pub fn statement(&mut self, target: &str, label: &Arc<str>, time_us: u64, rows: u64, succeeded: bool) {
        let stats = self.statements.of(target, label);
        if succeeded {
            stats.succeeded += 1;
        } else {
            stats.failed += 1;
            stats.failed_us += time_us;
        }
        stats.rows += rows;
        stats.time.record(time_us);
    }

    /// Counts one execution of a labelled statement as part of the operation in `cell`.
    pub fn used(&mut self, cell: CellId, target: &str, label: &Arc<str>, time_us: u64, succeeded: bool) {
        self.current.cells[cell.0 as usize].1.used(target, label, time_us, succeeded);
    }

    /// Adds one observation of a metric.
    pub fn metric(&mut self, key: &MetricKey, value: f64) {
        match self.current.metrics.get_mut(key) {
            Some(stats) => stats.observe(value),
            None => {
                self.current.metrics.insert(key.clone(), MetricStats::new(key.kind, value));
            }
        }
    }

    /// Counts one turn of the worker's loop that came `us` late.
    pub fn loop_lag(&mut self, us: u64) {
        self.current.loop_lag.record(us);
    }

    /// Hands the interval over and goes on with an empty one. Cells keep their places.
    pub fn swap(&mut self, users: u64) -> Interval {
        let mut interval = self.current.take();
        let counted = self.iterations.iter_mut().map(|(key, counts)| (key, std::mem::take(counts)));
        let counted = counted.filter(|(_, counts)| *counts != IterationCounts::default());
        interval.iterations = counted.map(|(key, counts)| (key.clone(), counts)).collect();
        interval.statements = self.statements.take();
        let waits = self.pool_waits.iter_mut().filter(|(_, waits)| waits.count() > 0);
        interval.pool_waits = waits.map(|(target, waits)| (target.clone(), waits.take())).collect();
        interval.users = users;
        interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Outcome;

    #[test]
    fn what_an_operation_asks_is_counted_though_it_ends_in_a_later_interval() {
        let mut recorder = Recorder::default();
        let (cell, label) = (recorder.cell("reader", "report", "main"), "slow".into());
        let sample = Sample {
            outcome: Outcome::Succeeded,
            response_us: 30,
            wait_us: 0,
            pool_us: 0,
            retries: 0,
            rows: 0,
            bytes: 0,
            target_us: 30,
        };
        let mut all = Interval::default();
        for ends in [false, false, true] {
            recorder.used(cell, "postgres", &label, 10, true);
            if ends {
                recorder.operation(cell, &sample);
            }
            all.merge(&recorder.swap(1));
        }
        let (_, stats) = &all.cells[0];
        assert_eq!((stats.succeeded, stats.statements[0].count, stats.statements[0].time_us), (1, 3, 30));
    }

    #[test]
    fn statements_are_counted_by_target_and_label_whoever_names_them() {
        let mut recorder = Recorder::default();
        let label: Arc<str> = "find".into();
        for _ in 0..2 {
            for target in ["a", "b", "a"] {
                recorder.statement(target, &label, 5, 1, true);
                // The same text at another address.
                recorder.statement(target, &"find".into(), 5, 1, false);
            }
            let figures = recorder.swap(0).statements;
            assert_eq!((figures["a"]["find"].succeeded, figures["a"]["find"].failed), (2, 2));
            assert_eq!((figures["b"]["find"].rows, figures["b"].len()), (2, 1));
        }
        assert!(recorder.swap(0).statements.is_empty());
    }
}
