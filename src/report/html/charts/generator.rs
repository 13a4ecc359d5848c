//! The health of throng itself over time.

use plotly::common::AxisSide;

use super::Chart;
use super::canvas::{axis, course, ms, plot, timeline};
use crate::record::Record;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let cpu = course(record, "processor time, %", |interval| Some(interval.generator.cpu_percent));
    let lag = course(record, "loop lag p99, ms", |interval| Some(ms(interval.generator.loop_lag_us.p99)));
    let layout = timeline(record, "% of the workers' time");
    (!record.intervals.is_empty()).then(|| Chart {
        title: "throng itself",
        about: "near 100 %, or with a lag of some ms, the figures tell of throng as much as of the target",
        plot: plot(
            layout.y_axis2(axis("ms").overlaying("y").side(AxisSide::Right).show_grid(false)),
            vec![cpu, lag.y_axis("y2")],
        ),
    })
}
