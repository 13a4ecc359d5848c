//! Operations over time.

use super::Chart;
use super::canvas::{course, plot, timeline};
use crate::record::{IntervalRecord, Record};

pub(super) fn chart(record: &Record) -> Option<Chart> {
    if record.intervals.is_empty() {
        return None;
    }
    let per_s =
        |count: u64, interval: &IntervalRecord| Some(count as f64 / interval.length_s).filter(|rate| rate.is_finite());
    let mut lines = vec![course(record, "succeeded", |interval| Some(interval.throughput_per_s))];
    if record.intervals.iter().any(|interval| interval.operations_failed > 0) {
        lines.push(course(record, "failed", |interval| per_s(interval.operations_failed, interval)));
    }
    if record.load.groups.iter().any(|group| group.open) {
        lines.push(course(record, "arrivals due", |interval| per_s(interval.iterations.offered, interval)));
        lines.push(course(record, "arrivals dropped", |interval| per_s(interval.iterations.dropped, interval)));
    }
    Some(Chart {
        title: "Throughput",
        about: "operations that ended, a second",
        plot: plot(timeline(record, "operations a second"), lines.into_iter().map(|line| line as _).collect()),
    })
}
