//! What charts have in common: lines over the run's clock with its phases behind them, colours, legends.

use plotly::color::NamedColor;
use plotly::common::{Anchor, Font, Line, LineShape, Mode, Orientation};
use plotly::configuration::Configuration;
use plotly::layout::{Annotation, Axis, HoverMode, Legend, Margin, RangeMode, Shape, ShapeLayer, ShapeLine, ShapeType};
use plotly::{Layout, Plot, Scatter, Trace};

use crate::record::{IntervalRecord, Record, SamplerData, SamplerRecord, SeriesRecord, SourceRecord};

/// Told apart also by those who don't see all colours, on white and on black: Okabe and Ito,
/// "Color Universal Design", 2008, without black and yellow.
pub(in crate::report::html) const COLOURS: [&str; 6] =
    ["#0a84c8", "#e6872e", "#12a37c", "#cc79a7", "#56b4e9", "#d55e00"];

/// How strongly a phase is shaded: every second one.
const SHADE: f64 = 0.06;

/// A drawing with these traces.
pub(in crate::report::html) fn plot(layout: Layout, traces: Vec<Box<dyn Trace>>) -> Plot {
    let mut plot = Plot::new();
    plot.add_traces(traces);
    plot.set_layout(layout);
    plot.set_configuration(Configuration::new().responsive(true).display_logo(false));
    plot
}

/// A layout whose axes say what they are.
pub(in crate::report::html) fn layout(x: Axis, y: Axis) -> Layout {
    let legend = Legend::new().orientation(Orientation::Horizontal).x(0.0).y(1.02).y_anchor(Anchor::Bottom);
    Layout::new()
        .x_axis(x)
        .y_axis(y)
        .legend(legend)
        .margin(Margin::new().left(55).right(15).top(30).bottom(45))
        .colorway(COLOURS.to_vec())
}

/// An axis that begins at zero.
pub(in crate::report::html) fn axis(title: &str) -> Axis {
    Axis::new().title(title).range_mode(RangeMode::ToZero)
}

/// A layout over the run's clock, with the phases shaded where there are several.
pub(super) fn timeline(record: &Record, y: &str) -> Layout {
    let layout = layout(Axis::new().title("seconds of the run"), axis(y)).hover_mode(HoverMode::XUnified);
    if record.phases.len() < 2 {
        return layout;
    }
    let shapes = record.phases.iter().skip(1).step_by(2).map(|phase| {
        Shape::new()
            .shape_type(ShapeType::Rect)
            .x_ref("x")
            .y_ref("paper")
            .x0(phase.from_s)
            .x1(phase.to_s)
            .y0(0)
            .y1(1)
            .fill_color(NamedColor::Gray)
            .opacity(SHADE)
            .layer(ShapeLayer::Below)
            .line(ShapeLine::new().width(0.0))
    });
    let names = record.phases.iter().map(|phase| {
        Annotation::new()
            .text(escape(&phase.name))
            .x_ref("x")
            .y_ref("paper")
            .x((phase.from_s + phase.to_s) / 2.0)
            .y(0.99)
            .y_anchor(Anchor::Top)
            .show_arrow(false)
            .font(Font::new().size(10))
    });
    layout.shapes(shapes.collect()).annotations(names.collect())
}

/// A line through points, with gaps where there is none.
pub(super) fn line(name: &str, x: Vec<f64>, y: Vec<Option<f64>>) -> Box<Scatter<f64, Option<f64>>> {
    Scatter::new(x, y).name(escape(name)).mode(Mode::Lines).line(Line::new().width(2.0).shape(LineShape::Linear))
}

/// A line through a figure of each interval, drawn at the interval's middle.
pub(super) fn course(
    record: &Record,
    name: &str,
    figure: impl Fn(&IntervalRecord) -> Option<f64>,
) -> Box<Scatter<f64, Option<f64>>> {
    line(name, middles(record), record.intervals.iter().map(figure).collect())
}

/// The middle of each interval.
pub(super) fn middles(record: &Record) -> Vec<f64> {
    record.intervals.iter().map(|interval| interval.start_s + interval.length_s / 2.0).collect()
}

/// µs as ms.
pub(in crate::report::html) fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

/// Text in which Plotly finds no tags.
pub(in crate::report::html) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What a sampler of each source of a kind saw.
pub(super) fn sampled<'a>(
    record: &'a Record,
    kind: &'a str,
    name: &'a str,
) -> impl Iterator<Item = (&'a SourceRecord, &'a SamplerRecord)> {
    let sources = record.monitor.sources.iter().filter(move |source| source.kind == kind);
    sources.flat_map(move |source| {
        source.samplers.iter().filter(move |sampler| sampler.name == name).map(move |sampler| (source, sampler))
    })
}

/// The same, of samplers that follow one thing over time.
pub(super) fn series<'a>(
    record: &'a Record,
    kind: &'a str,
    name: &'a str,
) -> impl Iterator<Item = (&'a SourceRecord, &'a SeriesRecord)> {
    sampled(record, kind, name).filter_map(|(source, sampler)| match &sampler.data {
        SamplerData::Series(series) => Some((source, series)),
        _ => None,
    })
}

/// The points of a figure, if it has any; counters as a rate a second.
pub(super) fn points(series: &SeriesRecord, figure: &str) -> Option<Vec<Option<f64>>> {
    let points = series.points.get(figure)?;
    if !series.counters.contains_key(figure) {
        return Some(points.clone());
    }
    let since = series.at_s.windows(2).map(|pair| pair[1] - pair[0]);
    // What the first point rose by came before the clock started.
    let rates = points.iter().skip(1).zip(since).map(|(rise, s)| rise.filter(|_| s > 0.0).map(|rise| rise / s));
    Some(std::iter::once(None).chain(rates).collect())
}

/// A name, with that of its source where there are several of a kind.
pub(super) fn of(source: &SourceRecord, name: &str) -> String {
    format!("{} {name}", source.name)
}
