//! Users over time.

use plotly::common::Line;
use plotly::common::LineShape;

use super::Chart;
use super::canvas::{course, plot, timeline};
use crate::record::Record;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let users = course(record, "users", |interval| Some(interval.users as f64));
    record.intervals.iter().any(|interval| interval.users > 0).then(|| Chart {
        title: "Users",
        about: "who was there at the end of each interval",
        plot: plot(timeline(record, "users"), vec![users.line(Line::new().shape(LineShape::Hv))]),
    })
}
