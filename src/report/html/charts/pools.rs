//! Connections over time.

use std::collections::BTreeSet;

use plotly::Trace;
use plotly::common::{DashType, Line};

use super::Chart;
use super::canvas::{COLOURS, course, plot, timeline};
use crate::record::{IntervalPool, Record};

/// What is drawn of a pool, and how, so that lines of one pool can be told apart by something else than those of two.
type Figure = (&'static str, DashType, fn(&IntervalPool) -> u64);

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let names: BTreeSet<&str> =
        record.intervals.iter().flat_map(|interval| &interval.pools).map(|pool| pool.name.as_str()).collect();
    let figures = || -> [Figure; 3] {
        [
            ("connections", DashType::Dot, |pool| pool.size),
            ("in use", DashType::Solid, |pool| pool.in_use),
            ("users waiting", DashType::Dash, |pool| pool.waiters),
        ]
    };
    let lines = names.iter().zip(COLOURS.iter().cycle()).flat_map(|(name, colour)| {
        figures().map(|(what, dash, of)| {
            let sum = move |pools: &[IntervalPool]| {
                pools.iter().filter(|pool| pool.name == *name).map(of).sum::<u64>() as f64
            };
            let line = course(record, &format!("{name} {what}"), move |interval| Some(sum(&interval.pools)));
            line.line(Line::new().width(2.0).color(*colour).dash(dash)) as Box<dyn Trace>
        })
    });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| Chart {
        title: "Pools",
        about: "connections, those in use, and users who waited for one, at the end of each interval",
        plot: plot(timeline(record, "connections, users"), lines),
    })
}
