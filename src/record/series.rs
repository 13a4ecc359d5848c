//! The interval series: a small summary of each interval.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use serde_json::{Map, Value};

use super::spool::Spool;
use super::{
    IntervalError, IntervalGenerator, IntervalInput, IntervalMetric, IntervalOperation, IntervalPool, IntervalRecord,
    IntervalStatement, PoolKey, PoolRecord, histogram,
};
use crate::stats::{CellStats, Interval, IterationCounts, MetricKey, MetricStats, PoolStats};

/// So many summaries are of intervals as they came, then as many of two together, of four, and so
/// on: an hour by the second, two hours by two seconds. A run of a day takes 17,000, not 86,000.
const BEFORE_DOUBLING: usize = 3600;

/// The summaries so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    records: Spool,
    pools: PoolTotals,
    pending: Option<Pending>,
}

/// Intervals that are to be summarised together.
#[derive(Debug, Clone)]
struct Pending {
    parts: usize,
    start: Duration,
    length: Duration,
    phase: String,
    figures: Interval,
    pools: Vec<(PoolKey, PoolStats)>,
    cpu_seconds: f64,
}

impl Series {
    /// Adds an interval.
    pub(super) fn add(&mut self, input: &IntervalInput<'_>) {
        let together = 1 << (self.records.len() / BEFORE_DOUBLING);
        if together == 1 {
            return self.push(input);
        }
        let pending = self.pending.get_or_insert_with(|| Pending::from(input));
        pending.add(input);
        if pending.parts >= together {
            self.flush();
        }
    }

    /// The summaries, which may have become unreadable where they were put away, and each pool over the whole run.
    pub(super) fn finish(mut self) -> (io::Result<Vec<IntervalRecord>>, Vec<PoolRecord>) {
        self.flush();
        (self.records.finish(), self.pools.finish())
    }

    fn push(&mut self, input: &IntervalInput<'_>) {
        let pools = self.pools.advance(input.pools);
        self.records.push(summarise(input, pools));
    }

    fn flush(&mut self) {
        let Some(pending) = self.pending.take() else { return };
        self.push(&IntervalInput {
            start: pending.start,
            length: pending.length,
            phase: &pending.phase,
            figures: &pending.figures,
            pools: &pending.pools,
            cpu_percent: pending.cpu_seconds / pending.length.as_secs_f64().max(f64::MIN_POSITIVE),
        });
    }
}

impl Pending {
    /// What begins where `input` begins.
    fn from(input: &IntervalInput<'_>) -> Self {
        Self {
            parts: 0,
            start: input.start,
            length: Duration::ZERO,
            phase: input.phase.to_owned(),
            figures: Interval::default(),
            pools: Vec::new(),
            cpu_seconds: 0.0,
        }
    }

    fn add(&mut self, input: &IntervalInput<'_>) {
        self.parts += 1;
        self.length += input.length;
        self.figures.merge(input.figures);
        self.figures.users = input.figures.users;
        self.pools = input.pools.to_vec();
        self.cpu_seconds += input.cpu_percent * input.length.as_secs_f64();
    }
}

/// The summary of one interval.
fn summarise(input: &IntervalInput<'_>, pools: Vec<IntervalPool>) -> IntervalRecord {
    let figures = input.figures;
    let mut all = CellStats::default();
    figures.cells.iter().for_each(|(_, stats)| all.merge(stats));
    let mut iterations = IterationCounts::default();
    figures.iterations.values().for_each(|counts| iterations.merge(counts));
    let length_s = input.length.as_secs_f64();
    IntervalRecord {
        start_s: input.start.as_secs_f64(),
        length_s,
        phase: input.phase.to_owned(),
        users: figures.users,
        iterations,
        operations_succeeded: all.succeeded,
        operations_failed: all.failed,
        throughput_per_s: if length_s > 0.0 { all.succeeded as f64 / length_s } else { 0.0 },
        response_us: all.response.summary(),
        wait_us: all.wait.summary(),
        pool_us: all.pool.summary(),
        service_us: all.service.summary(),
        histogram: if all.response.count() > 0 {
            histogram::encode(&all.response.to_histogram())
        } else {
            String::new()
        },
        operations: operations(figures),
        errors: errors(figures),
        pools,
        statements: statements(figures),
        metrics: metrics(figures),
        generator: IntervalGenerator {
            cpu_percent: input.cpu_percent,
            loop_lag_us: figures.loop_lag.summary(),
            late_starts: iterations.late,
        },
    }
}

fn operations(figures: &Interval) -> Vec<IntervalOperation> {
    let mut operations: Vec<_> = figures
        .cells
        .iter()
        .filter(|(_, stats)| stats.over() > 0)
        .map(|(key, stats)| IntervalOperation {
            name: key.operation.clone(),
            persona: key.persona.clone(),
            phase: key.phase.clone(),
            succeeded: stats.succeeded,
            failed: stats.failed,
            unfinished: stats.unfinished,
            response_us: stats.response.summary(),
        })
        .collect();
    operations.sort_by(|a, b| (&a.persona, &a.name, &a.phase).cmp(&(&b.persona, &b.name, &b.phase)));
    operations
}

fn errors(figures: &Interval) -> Vec<IntervalError> {
    let mut counts = BTreeMap::<String, u64>::new();
    for (key, stats) in &figures.errors {
        *counts.entry(key.class.to_string()).or_default() += stats.count;
    }
    counts.into_iter().map(|(class, count)| IntervalError { class, count }).collect()
}

fn statements(figures: &Interval) -> Vec<IntervalStatement> {
    let labelled =
        figures.statements.iter().flat_map(|(target, of)| of.iter().map(move |(label, of)| (target, label, of)));
    let mut statements: Vec<_> = labelled
        .map(|(target, label, stats)| IntervalStatement {
            target: target.clone(),
            label: label.to_string(),
            succeeded: stats.succeeded,
            failed: stats.failed,
            time_us: stats.time.summary(),
        })
        .collect();
    statements.sort_by(|a, b| (&a.label, &a.target).cmp(&(&b.label, &b.target)));
    statements
}

fn metrics(figures: &Interval) -> Vec<IntervalMetric> {
    let mut metrics: Vec<_> = figures.metrics.iter().collect();
    metrics.sort_by_key(|(key, _)| *key);
    metrics
        .into_iter()
        .map(|(key, stats)| IntervalMetric {
            name: key.name.clone(),
            tags: tags(key),
            value: match stats {
                MetricStats::Counter(sum) => *sum,
                MetricStats::Gauge { last, .. } => *last,
                MetricStats::Rate { hits, total } => *hits as f64 / (*total).max(1) as f64,
                MetricStats::Trend(trend) => trend.mean(),
            },
        })
        .collect()
}

/// A metric's tags as JSON.
pub(super) fn tags(key: &MetricKey) -> Map<String, Value> {
    key.tags.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()
}

/// The pools as they stood last, to tell what each interval added.
#[derive(Debug, Clone, Default)]
struct PoolTotals(BTreeMap<PoolKey, PoolStats>);

impl PoolTotals {
    /// Takes the pools as they stand now and returns what is new.
    fn advance(&mut self, pools: &[(PoolKey, PoolStats)]) -> Vec<IntervalPool> {
        let mut added = |key: &PoolKey, now: &PoolStats| {
            let before = self.0.insert(key.clone(), now.clone()).unwrap_or_default();
            // Pools of users who have left are gone, and their peaks with them.
            if let Some(kept) = self.0.get_mut(key) {
                kept.in_use_peak = kept.in_use_peak.max(before.in_use_peak);
                kept.waiters_peak = kept.waiters_peak.max(before.waiters_peak);
            }
            IntervalPool {
                name: key.name.clone(),
                persona: key.persona.clone(),
                size: now.size,
                in_use: now.in_use,
                waiters: now.waiters,
                connects: now.connects.saturating_sub(before.connects),
                reconnects: now.reconnects.saturating_sub(before.reconnects),
                connect_failures: now.connect_failures.saturating_sub(before.connect_failures),
            }
        };
        pools.iter().map(|(key, now)| added(key, now)).collect()
    }

    /// Each pool over the whole run.
    fn finish(self) -> Vec<PoolRecord> {
        self.0
            .into_iter()
            .map(|(key, stats)| PoolRecord {
                name: key.name,
                kind: key.kind,
                persona: key.persona,
                max_size: stats.max_size,
                size: stats.size,
                in_use_peak: stats.in_use_peak,
                waiters_peak: stats.waiters_peak,
                asked: stats.wait.count(),
                waited: stats.waited,
                connects: stats.connects,
                reconnects: stats.reconnects,
                connect_failures: stats.connect_failures,
                wait_us: stats.wait.summary(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::MAIN;
    use crate::stats::IterationCounts;

    #[test]
    fn a_long_run_is_told_in_ever_longer_steps_and_nothing_is_lost() {
        let mut series = Series::default();
        let seconds = 3 * BEFORE_DOUBLING as u64 + 5;
        for second in 0..seconds {
            let mut figures = Interval { users: second, ..Interval::default() };
            let counts = IterationCounts { offered: 1, ..IterationCounts::default() };
            figures.iterations.insert(("reader".into(), MAIN.into()), counts);
            series.add(&IntervalInput {
                start: Duration::from_secs(second),
                length: Duration::from_secs(1),
                phase: MAIN,
                figures: &figures,
                pools: &[],
                cpu_percent: 50.0,
            });
        }
        let records = series.finish().0.expect("they can be read again");
        // An hour of single seconds, two hours of pairs, and one group of four and its beginning.
        assert_eq!(records.len(), 2 * BEFORE_DOUBLING + 2);
        assert_eq!(records.iter().map(|interval| interval.iterations.offered).sum::<u64>(), seconds);
        assert_eq!(records.iter().map(|interval| interval.length_s).sum::<f64>(), seconds as f64);
        for pair in records.windows(2) {
            assert_eq!(pair[0].start_s + pair[0].length_s, pair[1].start_s);
        }
        let last = records.last().expect("there are many");
        assert_eq!((last.users, last.length_s, last.generator.cpu_percent), (seconds - 1, 1.0, 50.0));
    }
}
