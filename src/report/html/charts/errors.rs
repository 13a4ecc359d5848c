//! Errors over time.

use std::collections::BTreeMap;

use plotly::common::Marker;
use plotly::layout::BarMode;
use plotly::{Bar, Trace};

use super::Chart;
use super::canvas::{COLOURS, GREY, escape, middles, plot, timeline};
use crate::record::{IntervalRecord, Record};

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let mut sums = BTreeMap::<&str, u64>::new();
    for error in record.intervals.iter().flat_map(|interval| &interval.errors) {
        *sums.entry(&error.class).or_default() += error.count;
    }
    let mut classes: Vec<(&str, u64)> = sums.into_iter().collect();
    classes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    // One a colour; the rarer ones are shown as one.
    let (shown, others) = classes.split_at(classes.len().min(COLOURS.len()));
    let bars = |name: &str, colour: &'static str, is_of: &dyn Fn(&str) -> bool| {
        let count = |interval: &IntervalRecord| -> u64 {
            interval.errors.iter().filter(|error| is_of(&error.class)).map(|error| error.count).sum()
        };
        Bar::new(middles(record), record.intervals.iter().map(count).collect())
            .name(escape(name))
            .marker(Marker::new().color(colour)) as Box<dyn Trace>
    };
    let told = shown.iter().zip(COLOURS);
    let mut stack: Vec<_> = told.map(|((class, _), colour)| bars(class, colour, &|of: &str| of == *class)).collect();
    if !others.is_empty() {
        let is_other = |of: &str| others.iter().any(|(class, _)| *class == of);
        stack.push(bars("other classes", GREY, &is_other));
    }
    (!stack.is_empty()).then(|| Chart {
        title: "Errors",
        about: "by class, in each interval",
        plot: plot(timeline(record, "errors an interval").bar_mode(BarMode::Stack).show_legend(true), stack),
    })
}
