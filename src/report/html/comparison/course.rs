//! Both sides' runs over time, one over the other.

use plotly::Scatter;
use plotly::common::{Line, Mode};
use plotly::layout::{Axis, HoverMode};

use super::runs;
use crate::record::IntervalRecord;
use crate::report::comparison::Comparison;
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{axis, escape, layout, ms, plot};

/// Median response times.
pub(super) fn median(comparison: &Comparison) -> Option<Chart> {
    let figure = |interval: &IntervalRecord| interval.times(&interval.response_us).map(|times| ms(times.p50));
    chart(comparison, "Median response time", "ms", figure)
}

/// 95th percentiles.
pub(super) fn p95(comparison: &Comparison) -> Option<Chart> {
    let figure = |interval: &IntervalRecord| interval.times(&interval.response_us).map(|times| ms(times.p95));
    chart(comparison, "95th percentile of response times", "ms", figure)
}

/// Operations a second.
pub(super) fn throughput(comparison: &Comparison) -> Option<Chart> {
    chart(comparison, "Throughput", "a second", |interval| Some(interval.throughput_per_s))
}

fn chart(
    comparison: &Comparison,
    title: &'static str,
    unit: &str,
    figure: impl Fn(&IntervalRecord) -> Option<f64>,
) -> Option<Chart> {
    let mut seen = false;
    let traces = runs(comparison)
        .map(|(side, colour, is_first, run)| {
            // What ends after the load, in stretches shorter than others, says nothing of the side.
            let measured = run.record.measured_intervals();
            let (x, y): (Vec<f64>, Vec<Option<f64>>) =
                measured.map(|interval| (interval.start_s + interval.length_s / 2.0, figure(interval))).unzip();
            seen |= !x.is_empty();
            Scatter::new(x, y)
                .name(escape(side))
                .legend_group(escape(side))
                .show_legend(is_first)
                .mode(Mode::Lines)
                .opacity(0.7)
                .line(Line::new().width(1.5).color(colour)) as _
        })
        .collect();
    seen.then(|| Chart {
        title,
        about: "each run a line, in its side's colour",
        plot: plot(layout(Axis::new().title("seconds of the run"), axis(unit)).hover_mode(HoverMode::Closest), traces),
    })
}
