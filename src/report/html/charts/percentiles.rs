//! The percentile curve of each operation.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use plotly::Scatter;
use plotly::common::{DashType, Line, Mode};
use plotly::layout::{Axis, AxisType};

use super::Chart;
use super::canvas::{COLOURS, escape, layout, ms, plot, tenfold};
use crate::record::{Record, decode};

/// Curves that can be told apart.
const MOST: usize = 12;

/// Points for each further nine.
const PER_NINE: i32 = 12;

/// Nines that the axis names.
const NINES: [(f64, &str); 7] = [
    (1.0, "0 %"),
    (2.0, "50 %"),
    (10.0, "90 %"),
    (100.0, "99 %"),
    (1000.0, "99.9 %"),
    (10_000.0, "99.99 %"),
    (100_000.0, "99.999 %"),
];

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let mut operations = BTreeMap::<&str, Histogram<u64>>::new();
    for operation in record.measured_operations() {
        let Ok(histogram) = decode(&operation.histogram) else { continue };
        match operations.get_mut(operation.name.as_str()) {
            // All have the same bounds, so adding them up can't fail.
            Some(sum) => sum.add(&histogram).unwrap_or(()),
            None => drop(operations.insert(&operation.name, histogram)),
        }
    }
    let mut curves: Vec<_> = operations.iter().filter(|(_, histogram)| !histogram.is_empty()).collect();
    curves.sort_by_key(|(_, histogram)| std::cmp::Reverse(histogram.len()));
    if curves.is_empty() {
        return None;
    }
    let traces = curves.into_iter().take(MOST).enumerate().map(|(place, (name, histogram))| {
        let (x, y) = curve(histogram);
        // There are fewer colours than curves.
        let dash = if place < COLOURS.len() { DashType::Solid } else { DashType::Dash };
        Scatter::new(x, y).name(escape(name)).mode(Mode::Lines).line(Line::new().dash(dash)) as _
    });
    Some(Chart {
        title: "Percentiles",
        about: "the farther right, the rarer; a step shows two ways of taking so long",
        plot: plot(layout(nines(), tenfold("ms")), traces.collect()),
    })
}

/// An axis of ever rarer operations.
pub(in crate::report::html) fn nines() -> Axis {
    let (ticks, texts): (Vec<f64>, Vec<String>) = NINES.iter().map(|(at, text)| (*at, (*text).to_owned())).unzip();
    Axis::new().title("part of operations that were as fast").type_(AxisType::Log).tick_values(ticks).tick_text(texts)
}

/// One divided by the part that was slower, and the time in ms; as far as there are operations to tell of.
pub(in crate::report::html) fn curve(histogram: &Histogram<u64>) -> (Vec<f64>, Vec<f64>) {
    let count = histogram.len() as f64;
    let places = (0..).map(|step| 10f64.powf(f64::from(step) / f64::from(PER_NINE)));
    places.take_while(|&place| place <= count).map(|x| (x, ms(histogram.value_at_quantile(1.0 - 1.0 / x)))).unzip()
}
