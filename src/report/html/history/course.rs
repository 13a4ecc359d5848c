//! A line's figures, run by run.

use plotly::Scatter;
use plotly::common::{DashType, Marker, Mode};
use plotly::layout::{Axis, HoverMode, Shape, ShapeLine, ShapeType};

use crate::record::{LineRecord, ThresholdUnit, TrendRecord};
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{axis, escape, layout, plot, tenfold};

/// The charts of a line: response times, throughput, and errors if there were any.
pub(super) fn charts(line: &LineRecord) -> Vec<Chart> {
    let of = |unit: ThresholdUnit| -> Vec<&TrendRecord> {
        line.figures.iter().filter(|figure| figure.unit == unit).collect()
    };
    let errors: Vec<&TrendRecord> =
        of(ThresholdUnit::Share).into_iter().filter(|figure| figure.values.iter().any(|rate| *rate > 0.0)).collect();
    let charts = [
        // The 99th percentile would leave the median no room to move in.
        ("Response time", tenfold("ms"), 1e-3, of(ThresholdUnit::Us)),
        ("Throughput", axis("operations a second"), 1.0, of(ThresholdUnit::PerS)),
        ("Errors", axis("% of operations"), 100.0, errors),
    ];
    let drawn = charts.into_iter().filter(|(.., figures)| !figures.is_empty());
    drawn.map(|(title, unit, scale, figures)| chart(line, title, unit, scale, &figures)).collect()
}

fn chart(line: &LineRecord, title: &'static str, unit: Axis, scale: f64, figures: &[&TrendRecord]) -> Chart {
    let began: Vec<String> = line.runs.iter().map(|run| run.started_at.clone()).collect();
    let traces = figures.iter().map(|figure| {
        let values = figure.values.iter().map(|value| value * scale).collect();
        Scatter::new(began.clone(), values)
            .name(escape(&figure.name))
            .text_array(line.runs.iter().map(|run| escape(&run.run_id)).collect())
            .mode(Mode::LinesMarkers)
            .marker(Marker::new().size(6)) as _
    });
    let mut at: Vec<usize> = figures.iter().flat_map(|figure| figure.changes.iter().map(|change| change.run)).collect();
    at.sort_unstable();
    at.dedup();
    let mark = |run: usize| {
        Shape::new()
            .shape_type(ShapeType::Line)
            .x_ref("x")
            .y_ref("paper")
            .x0(began[run].clone())
            .x1(began[run].clone())
            .y0(0)
            .y1(1)
            .line(ShapeLine::new().width(1.5).dash(DashType::Dash))
    };
    let layout = layout(Axis::new().title("start of the run, UTC"), unit)
        .hover_mode(HoverMode::XUnified)
        .shapes(at.into_iter().map(mark).collect());
    Chart {
        title,
        about: "each point a run; a dashed line is where something changed",
        plot: plot(layout, traces.collect()),
    }
}
