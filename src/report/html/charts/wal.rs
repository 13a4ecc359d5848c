//! PostgreSQL's log over time, with the checkpoints.

use plotly::Trace;
use plotly::common::DashType;
use plotly::layout::{Shape, ShapeLine, ShapeType};

use super::Chart;
use super::canvas::{line, of, plot, points, series, timeline};
use crate::record::Record;

const BYTES_PER_MB: f64 = 1e6;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let lines: Vec<Box<dyn Trace>> = series(record, "postgres", "wal")
        .filter_map(|(source, wal)| {
            let written = points(wal, "bytes")?.into_iter().map(|rate| rate.map(|rate| rate / BYTES_PER_MB)).collect();
            Some(line(&of(record, source, "log"), wal.at_s.clone(), written) as Box<dyn Trace>)
        })
        .collect();
    let mut layout = timeline(record, "MB a second");
    for at_s in checkpoints(record) {
        let mark = Shape::new().shape_type(ShapeType::Line).x_ref("x").y_ref("paper").x0(at_s).x1(at_s).y0(0).y1(1);
        layout.add_shape(mark.line(ShapeLine::new().width(1.5).dash(DashType::Dot)));
    }
    (!lines.is_empty()).then(|| Chart {
        title: "Write-ahead log",
        about: "dotted lines are checkpoints that came to an end by then",
        plot: plot(layout, lines),
    })
}

/// When a look at the writer found checkpoints that the look before had not.
fn checkpoints(record: &Record) -> Vec<f64> {
    let mut found = Vec::new();
    for (_, writer) in series(record, "postgres", "writer") {
        let kinds = ["checkpoints_timed", "checkpoints_requested"].map(|kind| writer.points.get(kind));
        // What the first look shows came before the run.
        for (look, &at_s) in writer.at_s.iter().enumerate().skip(1) {
            let rose = |points: &Vec<Option<f64>>| points.get(look).copied().flatten().is_some_and(|rise| rise > 0.0);
            if kinds.iter().flatten().any(|points| rose(points)) {
                found.push(at_s);
            }
        }
    }
    found
}
