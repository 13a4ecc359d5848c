//! The machine over time.

use plotly::Trace;

use super::Chart;
use super::canvas::{line, plot, points, series, timeline};
use crate::record::Record;

/// The samplers of a machine, with the figure of each that is drawn.
const FIGURES: [(&str, &str, &str); 3] = [
    ("processor", "busy_percent", "processors"),
    ("processor", "busiest_core_percent", "busiest core"),
    ("memory", "used_percent", "memory"),
];

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let lines: Vec<Box<dyn Trace>> = FIGURES
        .iter()
        .flat_map(|(sampler, figure, name)| {
            series(record, "host", sampler).filter_map(move |(_, series)| {
                Some(line(name, series.at_s.clone(), points(series, figure)?) as Box<dyn Trace>)
            })
        })
        .collect();
    (!lines.is_empty()).then(|| Chart {
        title: "The machine",
        about: "that throng ran on, and perhaps the servers too: how much of it was in use",
        plot: plot(timeline(record, "% in use"), lines),
    })
}
