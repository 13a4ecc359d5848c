//! The finest grain of figures: one operation of one persona in one phase.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Latency;

/// What a cell counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellKey {
    /// The persona's name.
    pub persona: String,
    /// The operation's name.
    pub operation: String,
    /// The phase in which the operation was due.
    pub phase: String,
}

/// How an operation or iteration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As meant.
    Succeeded,
    /// With an error.
    Failed,
    /// It was interrupted at the end of the run.
    Unfinished,
}

/// One operation, timed. Only times of finished operations enter the histograms.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// How it ended.
    pub outcome: Outcome,
    /// From the planned start to the end.
    pub response_us: u64,
    /// From the planned to the actual start.
    pub wait_us: u64,
    /// Waiting for connections.
    pub pool_us: u64,
    /// Transaction attempts beyond the first.
    pub retries: u64,
    /// Rows read and written.
    pub rows: u64,
    /// Bytes of data received from and sent to the targets.
    pub bytes: u64,
    /// Waiting for targets to answer.
    pub target_us: u64,
}

/// What an operation asked of a target by one labelled statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementUse {
    /// The target.
    pub target: Arc<str>,
    /// The statement's label.
    pub label: Arc<str>,
    /// How often.
    pub count: u64,
    /// From sending to the last row, summed.
    pub time_us: u64,
    /// Of that, the time of executions that failed.
    pub failed_us: u64,
}

impl StatementUse {
    fn take(&mut self) -> Self {
        let taken = self.clone();
        (self.count, self.time_us, self.failed_us) = (0, 0, 0);
        taken
    }

    /// Whether it is of this statement. The same label is nearly always the very same text.
    fn is_of(&self, target: &str, label: &Arc<str>) -> bool {
        (Arc::ptr_eq(&self.label, label) || self.label == *label) && *self.target == *target
    }
}

/// Everything counted of one cell.
#[derive(Debug, Clone, Default)]
pub struct CellStats {
    /// Operations that succeeded.
    pub succeeded: u64,
    /// Operations that failed.
    pub failed: u64,
    /// Operations interrupted by the end of the run.
    pub unfinished: u64,
    /// Operations that succeeded while this phase was in force, whenever they were due. Only measured phases
    /// count them: this is what throughput is made of, which must not take in what ends after the load's end.
    pub in_time: u64,
    /// Transaction attempts beyond the first.
    pub retries: u64,
    /// Rows read and written.
    pub rows: u64,
    /// Bytes received and sent.
    pub bytes: u64,
    /// From the planned start to the end; of succeeded and failed operations alike.
    pub response: Latency,
    /// From the planned to the actual start.
    pub wait: Latency,
    /// Waiting for connections.
    pub pool: Latency,
    /// The rest of the response.
    pub service: Latency,
    /// Waiting for targets to answer, summed over finished operations.
    pub target_us: u64,
    /// What was asked of targets, by statement; the few that an operation has.
    pub statements: Vec<StatementUse>,
}

impl CellStats {
    /// Adds one operation.
    pub fn record(&mut self, sample: &Sample) {
        self.retries += sample.retries;
        self.rows += sample.rows;
        self.bytes += sample.bytes;
        match sample.outcome {
            Outcome::Succeeded => self.succeeded += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unfinished => {
                self.unfinished += 1;
                return;
            }
        }
        let service_us = sample.response_us.saturating_sub(sample.wait_us + sample.pool_us);
        self.response.record(sample.response_us);
        self.wait.record(sample.wait_us);
        self.pool.record(sample.pool_us);
        self.service.record(service_us);
        self.target_us += sample.target_us;
    }

    /// Counts one execution of a labelled statement.
    pub fn used(&mut self, target: &str, label: &Arc<str>, time_us: u64, succeeded: bool) {
        let used = self.use_of(target, label);
        used.count += 1;
        used.time_us += time_us;
        used.failed_us += if succeeded { 0 } else { time_us };
    }

    /// The figures of a statement, made if new.
    fn use_of(&mut self, target: &str, label: &Arc<str>) -> &mut StatementUse {
        let known = self.statements.iter().position(|known| known.is_of(target, label));
        let place = known.unwrap_or_else(|| {
            let (target, label) = (target.into(), label.clone());
            self.statements.push(StatementUse { target, label, count: 0, time_us: 0, failed_us: 0 });
            self.statements.len() - 1
        });
        &mut self.statements[place]
    }

    /// Hands over what was counted, and keeps the memory to go on with.
    pub fn take(&mut self) -> CellStats {
        use std::mem::take;
        CellStats {
            succeeded: take(&mut self.succeeded),
            failed: take(&mut self.failed),
            unfinished: take(&mut self.unfinished),
            in_time: take(&mut self.in_time),
            retries: take(&mut self.retries),
            rows: take(&mut self.rows),
            bytes: take(&mut self.bytes),
            response: self.response.take(),
            wait: self.wait.take(),
            pool: self.pool.take(),
            service: self.service.take(),
            target_us: take(&mut self.target_us),
            // They will be met again in the next interval, which is to find them in their places.
            statements: self.statements.iter_mut().filter(|used| used.count > 0).map(StatementUse::take).collect(),
        }
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &CellStats) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.unfinished += other.unfinished;
        self.in_time += other.in_time;
        self.retries += other.retries;
        self.rows += other.rows;
        self.bytes += other.bytes;
        self.response.merge(&other.response);
        self.wait.merge(&other.wait);
        self.pool.merge(&other.pool);
        self.service.merge(&other.service);
        self.target_us += other.target_us;
        for used in &other.statements {
            let mine = self.use_of(&used.target, &used.label);
            mine.count += used.count;
            mine.time_us += used.time_us;
            mine.failed_us += used.failed_us;
        }
    }

    /// Operations that were due here and are over, whatever their end.
    pub fn over(&self) -> u64 {
        self.succeeded + self.failed + self.unfinished
    }

    /// Whether nothing was counted: no operation, and no statement of one that goes on.
    pub fn is_empty(&self) -> bool {
        self.over() + self.in_time == 0 && self.statements.iter().all(|used| used.count == 0)
    }
}

/// Iterations of one persona in one phase. `offered = started + dropped` and
/// `started = succeeded + failed + unfinished` once a run is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IterationCounts {
    /// Fell due.
    pub offered: u64,
    /// Taken up by a user.
    pub started: u64,
    /// Never taken up: no user was free, or the run ended first.
    pub dropped: u64,
    /// Ended without any failed operation.
    pub succeeded: u64,
    /// Ended with at least one failed operation, or by an error.
    pub failed: u64,
    /// Interrupted by the end of the run.
    pub unfinished: u64,
    /// Came to an end, good or bad, while this phase was in force, whenever they were due; counted of measured
    /// phases only.
    pub in_time: u64,
    /// Of the started: more than 1 ms after they were due although a user was free; the generator's fault.
    pub late: u64,
}

impl IterationCounts {
    /// Adds all of `other`.
    pub fn merge(&mut self, other: &IterationCounts) {
        self.offered += other.offered;
        self.started += other.started;
        self.dropped += other.dropped;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.unfinished += other.unfinished;
        self.in_time += other.in_time;
        self.late += other.late;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> impl Strategy<Value = Sample> {
        let outcome = prop_oneof![Just(Outcome::Succeeded), Just(Outcome::Failed), Just(Outcome::Unfinished)];
        (outcome, 0u64..1_000_000, 0u64..1_000_000, 0u64..1_000_000, 0u64..4, 0u64..100).prop_map(
            |(outcome, wait_us, pool_us, rest, retries, rows)| Sample {
                outcome,
                response_us: wait_us + pool_us + rest,
                wait_us,
                pool_us,
                retries,
                rows,
                bytes: rows * 10,
                target_us: rest / 2,
            },
        )
    }

    proptest! {
        #[test]
        fn however_samples_are_split_the_sums_hold(samples in prop::collection::vec(sample(), 0..100), at in 0usize..100) {
            let mut whole = CellStats::default();
            samples.iter().for_each(|s| whole.record(s));
            let (mut left, mut right) = (CellStats::default(), CellStats::default());
            let (first, second) = samples.split_at(at.min(samples.len()));
            first.iter().for_each(|s| left.record(s));
            second.iter().for_each(|s| right.record(s));
            left.merge(&right);
            prop_assert_eq!(whole.succeeded + whole.failed + whole.unfinished, samples.len() as u64);
            for (a, b) in [(&whole.response, &left.response), (&whole.wait, &left.wait), (&whole.pool, &left.pool), (&whole.service, &left.service)] {
                prop_assert_eq!(a.count(), whole.succeeded + whole.failed);
                prop_assert_eq!(a.summary(), b.summary());
            }
            prop_assert_eq!(whole.rows, left.rows);
            prop_assert_eq!(whole.retries, left.retries);
        }
    }
}
