//! A figure of each run, in the order in which they were played: whether a side drifted, or one run is odd.

use plotly::Scatter;
use plotly::common::{Marker, Mode};
use plotly::layout::Axis;

use crate::report::comparison::Comparison;
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{COLOURS, axis, escape, layout, plot};

/// The figure.
const FIGURE: &str = "response.mean";

pub(super) fn chart(comparison: &Comparison) -> Option<Chart> {
    let record = &comparison.record;
    let figure = record.figures.iter().find(|figure| figure.name == FIGURE)?;
    let sides = [(&record.base, &figure.base, COLOURS[0]), (&record.new, &figure.new, COLOURS[1])];
    let traces = sides.into_iter().map(|(side, values, colour)| {
        let began = side.runs.iter().map(|run| run.started_at.clone()).collect();
        let ms = values.iter().map(|us| us / 1000.0).collect();
        Scatter::new(began, ms)
            .name(escape(&side.name))
            .mode(Mode::LinesMarkers)
            .marker(Marker::new().size(9).color(colour)) as _
    });
    Some(Chart {
        title: "Runs",
        about: "the mean response time of each, by when it was played",
        plot: plot(layout(Axis::new().title("start of the run, UTC"), axis("ms")), traces.collect()),
    })
}
