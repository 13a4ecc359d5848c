//! How far each figure moved, with the interval in which the true change lies.

use plotly::Scatter;
use plotly::color::NamedColor;
use plotly::common::{ErrorData, ErrorType, Marker, Mode};
use plotly::layout::{Axis, Shape, ShapeLayer, ShapeLine, ShapeType};

use crate::record::{ChangeVerdict, ComparedRecord, ThresholdUnit};
use crate::report::comparison::{Comparison, label};
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{escape, layout, plot};
use crate::report::human;

/// Figures that can be told apart.
const MOST: usize = 30;

/// Letters of an operation's name that leave room for its change on a phone; all of it is shown where the pointer is.
const LONGEST: usize = 20;

/// Pixels from one figure to the next, and what is around all of them.
const LINE: usize = 17;
const AROUND: usize = 80;

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
    // Numbers, since two names may be the same when they are cut.
    let place =
        |figure: &ComparedRecord| figures.iter().position(|other| other.name == figure.name).unwrap_or(0) as f64;
    let traces = VERDICTS.iter().filter_map(|(verdict, colour)| {
        let these: Vec<&&ComparedRecord> = figures.iter().filter(|figure| figure.verdict == *verdict).collect();
        let percent = |figure: &ComparedRecord, shift: f64| 100.0 * shift / figure.base_median;
        let end = |figure: &ComparedRecord, end: Option<f64>| {
            end.map_or(0.0, |end| percent(figure, (end - figure.shift).abs()))
        };
        let x = these.iter().map(|figure| percent(figure, figure.shift)).collect();
        let y = these.iter().map(|figure| place(figure)).collect();
        let reach = ErrorData::new(ErrorType::Data)
            .symmetric(false)
            .array(these.iter().map(|figure| end(figure, figure.high)).collect())
            .array_minus(these.iter().map(|figure| end(figure, figure.low)).collect());
        let name = if record.indicative { "indicative".to_owned() } else { verdict.to_string() };
        (!these.is_empty()).then(|| {
            Scatter::new(x, y)
                .name(name)
                .mode(Mode::Markers)
                .text_array(these.iter().map(|figure| escape(&figure.name)).collect())
                .hover_template("%{text}: %{x:+.1f} %<extra></extra>")
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
    let told = figures.iter().map(|figure| escape(&short(&label(figure)))).collect();
    let names = Axis::new().tick_values((0..figures.len()).map(|place| place as f64).collect()).tick_text(told);
    // Each has its line, which page.js sees to.
    let height = AROUND + LINE * figures.len();
    let layout = layout(Axis::new().title("change in %"), names).shapes(vec![band]).height(height);
    Some(Chart {
        title: "Changes",
        about: "with 95 % intervals; what lies within the band does not matter",
        plot: plot(layout, traces.collect()),
    })
}

/// A figure's name in its room, with the statistic at its end.
fn short(label: &str) -> String {
    match label.rsplit_once(' ') {
        Some((operation, statistic)) => format!("{} {statistic}", human::plain(operation, LONGEST)),
        None => label.to_owned(),
    }
}
