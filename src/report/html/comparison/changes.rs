//! How far each figure moved, with the interval in which the true change lies.

use plotly::Scatter;
use plotly::color::NamedColor;
use plotly::common::{ErrorData, ErrorType, Marker, Mode};
use plotly::layout::{Axis, Shape, ShapeLayer, ShapeLine, ShapeType};

use crate::record::{ChangeVerdict, ComparedRecord, ThresholdUnit};
use crate::report::comparison::Comparison;
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{escape, layout, plot};

/// Figures that can be told apart.
const MOST: usize = 30;

/// Verdicts with their colours: those that the page has for good and bad, in both of its moods.
const VERDICTS: [(ChangeVerdict, &str); 4] = [
    (ChangeVerdict::Worse, "#d2473d"),
    (ChangeVerdict::Better, "#2e9d62"),
    (ChangeVerdict::Unchanged, "#0a84c8"),
    (ChangeVerdict::Unclear, "#8795a1"),
];

pub(super) fn chart(comparison: &Comparison) -> Option<Chart> {
    let record = &comparison.record;
    // Errors are in points, which are no part of what they were.
    let figures = record.figures.iter().filter(|figure| figure.unit != ThresholdUnit::Share && figure.change.is_some());
    let mut figures: Vec<&ComparedRecord> = figures.take(MOST).collect();
    // Plotly builds upwards.
    figures.reverse();
    if figures.is_empty() {
        return None;
    }
    let traces = VERDICTS.iter().filter_map(|(verdict, colour)| {
        let these: Vec<&&ComparedRecord> = figures.iter().filter(|figure| figure.verdict == *verdict).collect();
        let percent = |figure: &ComparedRecord, shift: f64| 100.0 * shift / figure.base_median;
        let end = |figure: &ComparedRecord, end: Option<f64>| {
            end.map_or(0.0, |end| percent(figure, (end - figure.shift).abs()))
        };
        let x = these.iter().map(|figure| percent(figure, figure.shift)).collect();
        let y = these.iter().map(|figure| escape(&figure.name)).collect();
        let reach = ErrorData::new(ErrorType::Data)
            .symmetric(false)
            .array(these.iter().map(|figure| end(figure, figure.high)).collect())
            .array_minus(these.iter().map(|figure| end(figure, figure.low)).collect());
        let name = if record.indicative { "indicative".to_owned() } else { verdict.to_string() };
        (!these.is_empty()).then(|| {
            Scatter::new(x, y)
                .name(name)
                .mode(Mode::Markers)
                .marker(Marker::new().size(9).color(*colour))
                .error_x(reach) as _
        })
    });
    let matters = 100.0 * record.min_change;
    let band = Shape::new()
        .shape_type(ShapeType::Rect)
        .x_ref("x")
        .y_ref("paper")
        .x0(-matters)
        .x1(matters)
        .y0(0)
        .y1(1)
        .fill_color(NamedColor::Gray)
        .opacity(0.08)
        .layer(ShapeLayer::Below)
        .line(ShapeLine::new().width(0.0));
    // A category for each figure, in the order of the table.
    let order = figures.iter().map(|figure| escape(&figure.name)).collect();
    let names =
        Axis::new().category_order(plotly::layout::CategoryOrder::Array).category_array(order).auto_margin(true);
    let layout = layout(Axis::new().title("change in %"), names).shapes(vec![band]);
    Some(Chart {
        title: "Changes",
        about: "with 95 % intervals; what lies within the band does not matter",
        plot: plot(layout, traces.collect()),
    })
}
