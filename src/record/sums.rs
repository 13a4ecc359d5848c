//! The figures of the whole run, out of the sum of its intervals.

use std::collections::BTreeMap;

use super::{
    ErrorRecord, LoadRecord, MetricRecord, MetricValue, OperationRecord, OperationStatement, PersonaRecord,
    PhaseRecord, StatementRecord, Totals, TrendSummary, encode, is_measured, series,
};
use crate::stats::{
    CellKey, CellStats, ErrorKey, ErrorStats, Interval, IterationCounts, Latency, MetricKey, MetricStats,
    StatementStats, StatementUse,
};

/// The quotient, or 0 where there is nothing to divide by.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Sums over the measured phases of `sum`, which lasted `duration_s`.
pub(super) fn totals(sum: &Interval, duration_s: f64) -> Totals {
    let mut all = CellStats::default();
    for (_, stats) in sum.cells.iter().filter(|(key, _)| is_measured(&key.phase)) {
        all.merge(stats);
    }
    let mut iterations = IterationCounts::default();
    for (_, counts) in sum.iterations.iter().filter(|((_, phase), _)| is_measured(phase)) {
        iterations.merge(counts);
    }
    Totals {
        iterations,
        operations_succeeded: all.succeeded,
        operations_failed: all.failed,
        operations_unfinished: all.unfinished,
        errors_outside: sum
            .errors
            .iter()
            .filter(|(key, _)| key.is_outside() && is_measured(&key.phase))
            .map(|(_, stats)| stats.count)
            .sum(),
        retries: all.retries,
        rows: all.rows,
        bytes: all.bytes,
        throughput_per_s: ratio(all.in_time as f64, duration_s),
        response_us: all.response.summary(),
        wait_us: all.wait.summary(),
        pool_us: all.pool.summary(),
        service_us: all.service.summary(),
    }
}

/// Every persona of the load, and any other that was met, in the order of their names.
pub(super) fn personas(sum: &Interval, load: &LoadRecord) -> Vec<PersonaRecord> {
    let mut counts = BTreeMap::<&str, IterationCounts>::new();
    for persona in load.groups.iter().flat_map(|group| &group.personas) {
        counts.entry(&persona.name).or_default();
    }
    for ((persona, phase), more) in &sum.iterations {
        if is_measured(phase) {
            counts.entry(persona).or_default().merge(more);
        }
    }
    counts.into_iter().map(|(name, iterations)| PersonaRecord { name: name.to_owned(), iterations }).collect()
}

/// The phases with their figures.
pub(super) fn phases(sum: &Interval, phases: Vec<PhaseRecord>) -> Vec<PhaseRecord> {
    let with_figures = |phase: PhaseRecord| {
        let mut response = Latency::default();
        let due = sum.cells.iter().filter(|(key, _)| key.phase == phase.name);
        due.for_each(|(_, stats)| response.merge(&stats.response));
        PhaseRecord { response_us: response.summary(), ..phase }
    };
    phases.into_iter().map(with_figures).collect()
}

/// Every operation, in the order of phases, personas and names.
pub(super) fn operations(sum: &Interval, phases: &[PhaseRecord]) -> Vec<OperationRecord> {
    let mut operations: Vec<_> =
        sum.cells.iter().filter(|(_, stats)| !stats.is_empty()).map(|(key, stats)| operation(key, stats)).collect();
    let position = |name: &str| phases.iter().position(|phase| phase.name == name).unwrap_or(phases.len());
    operations.sort_by(|a, b| {
        (position(&a.phase), &a.persona, &a.name, &a.phase).cmp(&(position(&b.phase), &b.persona, &b.name, &b.phase))
    });
    operations
}

fn operation(key: &CellKey, stats: &CellStats) -> OperationRecord {
    OperationRecord {
        name: key.operation.clone(),
        persona: key.persona.clone(),
        phase: key.phase.clone(),
        succeeded: stats.succeeded,
        failed: stats.failed,
        unfinished: stats.unfinished,
        in_time: stats.in_time,
        retries: stats.retries,
        rows: stats.rows,
        bytes: stats.bytes,
        response_us: stats.response.summary(),
        wait_us: stats.wait.summary(),
        pool_us: stats.pool.summary(),
        service_us: stats.service.summary(),
        histogram: encode(&stats.response.to_histogram()),
        target_us: ratio(stats.target_us as f64, (stats.succeeded + stats.failed) as f64),
        statements: operation_statements(stats),
        breakdown_us: None,
    }
}

/// What an operation asked of targets, what it waited for longest first.
fn operation_statements(stats: &CellStats) -> Vec<OperationStatement> {
    let statement = |used: &StatementUse| OperationStatement {
        target: used.target.to_string(),
        label: used.label.to_string(),
        count: used.count,
        time_us: used.time_us,
        failed_us: used.failed_us,
    };
    let mut statements: Vec<_> = stats.statements.iter().map(statement).collect();
    statements
        .sort_by(|a, b| b.time_us.cmp(&a.time_us).then_with(|| (&a.label, &a.target).cmp(&(&b.label, &b.target))));
    statements
}

/// Every error, the most frequent first.
pub(super) fn errors(sum: &Interval) -> Vec<ErrorRecord> {
    let mut errors: Vec<(&ErrorKey, &ErrorStats)> = sum.errors.iter().collect();
    errors.sort_by(|(a, x), (b, y)| y.count.cmp(&x.count).then_with(|| a.cmp(b)));
    errors
        .into_iter()
        .map(|(key, stats)| ErrorRecord {
            class: key.class.to_string(),
            operation: key.operation.clone(),
            persona: key.persona.clone(),
            phase: key.phase.clone(),
            count: stats.count,
            first_message: stats.first_message.clone(),
        })
        .collect()
}

/// Every labelled statement, in the order of labels and targets.
pub(super) fn statements(sum: &Interval) -> Vec<StatementRecord> {
    let labelled = sum.statements.iter().flat_map(|(target, of)| of.iter().map(move |(label, of)| (target, label, of)));
    let mut statements: Vec<_> = labelled
        .map(|(target, label, StatementStats { succeeded, failed, failed_us, rows, time })| StatementRecord {
            target: target.clone(),
            label: label.to_string(),
            succeeded: *succeeded,
            failed: *failed,
            failed_us: *failed_us,
            rows: *rows,
            time_us: time.summary(),
        })
        .collect();
    statements.sort_by(|a, b| (&a.label, &a.target).cmp(&(&b.label, &b.target)));
    statements
}

/// Every metric, in the order of names and tags.
pub(super) fn metrics(sum: &Interval, duration_s: f64) -> Vec<MetricRecord> {
    let mut metrics: Vec<_> = sum.metrics.iter().collect();
    metrics.sort_by_key(|(key, _)| *key);
    metrics.into_iter().map(|(key, stats)| metric(key, stats, duration_s)).collect()
}

fn metric(key: &MetricKey, stats: &MetricStats, duration_s: f64) -> MetricRecord {
    let value = match stats {
        MetricStats::Counter(count) => MetricValue::Counter { count: *count, rate: ratio(*count, duration_s) },
        MetricStats::Gauge { last, min, max } => MetricValue::Gauge { last: *last, min: *min, max: *max },
        MetricStats::Rate { hits, total } => {
            MetricValue::Rate { hits: *hits, total: *total, rate: ratio(*hits as f64, *total as f64) }
        }
        MetricStats::Trend(trend) => MetricValue::Trend(TrendSummary {
            count: trend.count(),
            min: trend.min(),
            mean: trend.mean(),
            p50: trend.percentile(50.0),
            p90: trend.percentile(90.0),
            p95: trend.percentile(95.0),
            p99: trend.percentile(99.0),
            p999: trend.percentile(99.9),
            max: trend.max(),
        }),
    };
    MetricRecord { name: key.name.clone(), tags: series::tags(key), value }
}
