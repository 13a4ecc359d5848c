//! Response times over time.

use plotly::common::Visible;

use super::Chart;
use super::canvas::{course, ms, plot, timeline};
use crate::record::Record;
use crate::stats::Summary;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let percentile = |name: &str, of: fn(&Summary) -> u64| {
        course(record, name, move |interval| {
            (interval.operations_succeeded + interval.operations_failed > 0).then(|| ms(of(&interval.response_us)))
        })
    };
    let seen = record.intervals.iter().any(|interval| interval.response_us.max > 0);
    seen.then(|| Chart {
        title: "Response time",
        about: "what users felt, in each interval; the maximum can be switched on",
        plot: plot(
            timeline(record, "ms"),
            vec![
                percentile("median", |times| times.p50),
                percentile("p95", |times| times.p95),
                percentile("p99", |times| times.p99),
                percentile("maximum", |times| times.max).visible(Visible::LegendOnly),
            ],
        ),
    })
}
