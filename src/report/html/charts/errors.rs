//! Errors over time.

use std::collections::BTreeSet;

use plotly::Bar;
use plotly::layout::BarMode;

use super::Chart;
use super::canvas::{escape, middles, plot, timeline};
use crate::record::Record;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let classes: BTreeSet<&str> =
        record.intervals.iter().flat_map(|interval| &interval.errors).map(|error| error.class.as_str()).collect();
    let bars = classes.iter().map(|class| {
        let counts = record.intervals.iter().map(|interval| {
            interval.errors.iter().filter(|error| error.class == **class).map(|error| error.count).sum::<u64>()
        });
        Bar::new(middles(record), counts.collect()).name(escape(class)) as _
    });
    (!classes.is_empty()).then(|| Chart {
        title: "Errors",
        about: "by class, in each interval",
        plot: plot(timeline(record, "errors").bar_mode(BarMode::Stack).show_legend(true), bars.collect()),
    })
}
