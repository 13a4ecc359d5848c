//! The interval series: a small summary of each interval.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    IntervalError, IntervalGenerator, IntervalInput, IntervalMetric, IntervalOperation, IntervalPool, IntervalRecord,
    IntervalStatement, PoolKey, PoolRecord,
};
use crate::stats::{CellStats, Interval, IterationCounts, MetricKey, MetricStats, PoolStats, TREND_SCALE};

/// The summary of one interval.
pub(super) fn summarise(input: &IntervalInput<'_>, pools: Vec<IntervalPool>) -> IntervalRecord {
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
        .filter(|(_, stats)| !stats.is_empty())
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
    let mut statements: Vec<_> = figures
        .statements
        .iter()
        .map(|(label, stats)| IntervalStatement {
            label: label.to_string(),
            succeeded: stats.succeeded,
            failed: stats.failed,
            time_us: stats.time.summary(),
        })
        .collect();
    statements.sort_by(|a, b| a.label.cmp(&b.label));
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
                MetricStats::Trend(values) => values.mean() / TREND_SCALE,
            },
        })
        .collect()
}

/// A metric's tags as JSON.
pub(super) fn tags(key: &MetricKey) -> Map<String, Value> {
    key.tags.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()
}

/// The pools as they stood last, to tell what each interval added.
#[derive(Debug, Default)]
pub(super) struct PoolTotals(BTreeMap<PoolKey, PoolStats>);

impl PoolTotals {
    /// Takes the pools as they stand now and returns what is new.
    pub(super) fn advance(&mut self, pools: &[(PoolKey, PoolStats)]) -> Vec<IntervalPool> {
        let added = |key: &PoolKey, now: &PoolStats| {
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
        let mut added = added;
        pools.iter().map(|(key, now)| added(key, now)).collect()
    }

    /// Each pool over the whole run.
    pub(super) fn finish(self) -> Vec<PoolRecord> {
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
                connects: stats.connects,
                reconnects: stats.reconnects,
                connect_failures: stats.connect_failures,
                wait_us: stats.wait.summary(),
            })
            .collect()
    }
}
