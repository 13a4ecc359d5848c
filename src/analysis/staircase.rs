//! Numbers of users that a run held for a while, found in its intervals.

use crate::record::{IntervalRecord, Record, ScalingStep, decode_sum};

/// Intervals that a number of users must have been held for: the first settle, and some must be left to measure.
const LEAST_INTERVALS: usize = 3;

/// More levels are a slope rather than a staircase.
pub const MOST_STEPS: usize = 40;

/// The part of a step in which queues and connections settle, and which is left out; at least an interval.
const SETTLING: f64 = 0.2;

/// The steps of a run whose load follows stages of users, the fewest users first; empty if it has none.
pub(super) fn steps(record: &Record, target_us: f64) -> Vec<ScalingStep> {
    let groups = &record.load.groups;
    if !groups.iter().any(|group| group.staged) || groups.iter().any(|group| group.open) {
        return Vec::new();
    }
    let measured: Vec<&IntervalRecord> = record.measured_intervals().collect();
    let held = measured.chunk_by(|one, next| one.users == next.users);
    let mut steps: Vec<ScalingStep> = held
        .filter(|interval| interval.len() >= LEAST_INTERVALS && interval[0].users > 0)
        .filter_map(|intervals| {
            let settling = ((intervals.len() as f64 * SETTLING).ceil() as usize).max(1);
            step(&intervals[settling..], target_us)
        })
        .collect();
    steps.sort_by_key(|step| step.users);
    if steps.len() > MOST_STEPS { Vec::new() } else { steps }
}

fn step(intervals: &[&IntervalRecord], target_us: f64) -> Option<ScalingStep> {
    let users = intervals.first()?.users;
    let seconds: f64 = intervals.iter().map(|interval| interval.length_s).sum();
    let succeeded: u64 = intervals.iter().map(|interval| interval.operations_succeeded).sum();
    let failed: u64 = intervals.iter().map(|interval| interval.operations_failed).sum();
    let over = |interval: &IntervalRecord| (interval.operations_succeeded + interval.operations_failed) as f64;
    let ended: f64 = intervals.iter().map(|interval| over(interval)).sum();
    if ended == 0.0 || seconds <= 0.0 {
        return None;
    }
    let mean = intervals.iter().map(|interval| interval.response_us.mean * over(interval)).sum::<f64>() / ended;
    let cpu = intervals.iter().map(|interval| interval.generator.cpu_percent * interval.length_s).sum::<f64>();
    Some(ScalingStep {
        users,
        seconds,
        throughput_per_s: succeeded as f64 / seconds,
        response_mean_us: mean,
        response_p95_us: p95(intervals),
        error_rate: failed as f64 / ended,
        generator_cpu_percent: cpu / seconds,
        linear_capacity: if mean > 0.0 { target_us / mean * users as f64 } else { 0.0 },
    })
}

/// From the intervals' histograms; one that cannot be read has no part in it.
fn p95(intervals: &[&IntervalRecord]) -> u64 {
    let all = decode_sum(intervals.iter().map(|interval| &*interval.histogram));
    all.map_or(0, |all| all.value_at_quantile(0.95))
}
