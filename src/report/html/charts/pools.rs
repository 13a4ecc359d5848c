//! Connections over time.

use std::collections::BTreeSet;

use plotly::Trace;

use super::Chart;
use super::canvas::{course, plot, timeline};
use crate::record::{IntervalPool, Record};

/// What is drawn of a pool.
type Figure = (&'static str, fn(&IntervalPool) -> u64);

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let names: BTreeSet<&str> =
        record.intervals.iter().flat_map(|interval| &interval.pools).map(|pool| pool.name.as_str()).collect();
    let figures: [Figure; 3] =
        [("connections", |pool| pool.size), ("in use", |pool| pool.in_use), ("users waiting", |pool| pool.waiters)];
    let lines = names.iter().flat_map(|name| {
        figures.map(|(what, of)| {
            let sum = move |pools: &[IntervalPool]| {
                pools.iter().filter(|pool| pool.name == *name).map(of).sum::<u64>() as f64
            };
            course(record, &format!("{name} {what}"), move |interval| Some(sum(&interval.pools))) as Box<dyn Trace>
        })
    });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| Chart {
        title: "Pools",
        about: "connections, those in use, and users who waited for one, at the end of each interval",
        plot: plot(timeline(record, "connections, users"), lines),
    })
}
