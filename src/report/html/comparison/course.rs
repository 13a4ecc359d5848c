//! Runs over time, one over the other.

use plotly::Scatter;
use plotly::common::Mode;
use plotly::layout::{Axis, HoverMode, RangeMode};

use crate::analysis::PlayedRun;
use crate::record::IntervalRecord;
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{axis, escape, layout, ms, plot};

/// A run's line: the name that stands for it in the legend, its colour, whether the legend has that name from it, the run.
pub(in crate::report::html) type Line<'a> = (&'a str, &'static str, bool, &'a PlayedRun);

/// A figure over time.
pub(in crate::report::html) struct Course {
    title: &'static str,
    unit: &'static str,
    figure: fn(&IntervalRecord) -> Option<f64>,
}

/// Median response times.
pub(in crate::report::html) const MEDIAN: Course = Course {
    title: "Median response time",
    unit: "ms",
    figure: |interval| interval.times(&interval.response_us).map(|times| ms(times.p50)),
};

/// 95th percentiles.
pub(in crate::report::html) const P95: Course = Course {
    title: "95th percentile of response times",
    unit: "ms",
    figure: |interval| interval.times(&interval.response_us).map(|times| ms(times.p95)),
};

/// Operations a second.
pub(in crate::report::html) const THROUGHPUT: Course =
    Course { title: "Throughput", unit: "operations a second", figure: |interval| Some(interval.throughput_per_s) };

/// The figure of each run over its own clock.
pub(in crate::report::html) fn chart<'a>(
    course: &Course,
    about: &'static str,
    lines: impl Iterator<Item = Line<'a>>,
) -> Option<Chart> {
    let mut seen = false;
    let traces = lines
        .map(|(name, colour, is_first, run)| {
            // What ends after the load, in stretches shorter than others, says nothing of the side.
            let measured = run.record.measured_intervals();
            let (x, y): (Vec<f64>, Vec<Option<f64>>) = measured
                .map(|interval| (interval.start_s + interval.length_s / 2.0, (course.figure)(interval)))
                .unzip();
            seen |= !x.is_empty();
            Scatter::new(x, y)
                .name(escape(name))
                .legend_group(escape(name))
                .show_legend(is_first)
                .mode(Mode::Lines)
                .opacity(0.7)
                .line(plotly::common::Line::new().width(1.5).color(colour)) as _
        })
        .collect();
    let clock = Axis::new().title("seconds of the run").range_mode(RangeMode::ToZero);
    seen.then(|| Chart {
        title: course.title,
        about,
        plot: plot(layout(clock, axis(course.unit)).hover_mode(HoverMode::Closest), traces),
    })
}
