//! What charts have in common: lines over the run's clock with its phases behind them, colours, legends.

use plotly::color::NamedColor;
use plotly::common::{Anchor, Font, Line, LineShape, Mode, Orientation};
use plotly::configuration::{Configuration, ModeBarButtonName};
use plotly::layout::{
    Annotation, Axis, AxisType, HoverMode, Legend, Margin, RangeMode, Shape, ShapeLayer, ShapeLine, ShapeType,
    TraceOrder,
};
use plotly::{Layout, Plot, Scatter, Trace};

use crate::record::{IntervalRecord, PhaseRecord, Record, SamplerData, SamplerRecord, SeriesRecord, SourceRecord};

/// Told apart also by those who don't see all colours, on white and on black: Okabe and Ito,
/// "Color Universal Design", 2008, without black and yellow.
pub(in crate::report::html) const COLOURS: [&str; 6] =
    ["#0a84c8", "#e6872e", "#12a37c", "#cc79a7", "#56b4e9", "#d55e00"];

/// What is left over, or not to be told: of no colour, so that it is taken for none of those.
pub(in crate::report::html) const GREY: &str = "#8795a1";

/// How strongly a phase is shaded: every second one.
const SHADE: f64 = 0.06;

/// Where legends begin, in heights of the drawing: just above it, or above the names of phases, which stand there.
const LEGEND_AT: f64 = 1.02;
const LEGEND_ABOVE_NAMES_AT: f64 = 1.08;

/// How much of a run a letter of a phase's name takes, on a drawing half as wide as a desk's window.
const LETTER: f64 = 0.013;

/// Buttons that do what dragging and clicking do as well, or nothing with what is drawn here.
const BUTTONS_LEFT_OUT: [ModeBarButtonName; 5] = [
    ModeBarButtonName::Zoom2d,
    ModeBarButtonName::Select2d,
    ModeBarButtonName::Lasso2d,
    ModeBarButtonName::AutoScale2d,
    ModeBarButtonName::Pan2d,
];

/// A drawing with these traces.
pub(in crate::report::html) fn plot(layout: Layout, traces: Vec<Box<dyn Trace>>) -> Plot {
    let mut plot = Plot::new();
    plot.add_traces(traces);
    plot.set_layout(layout);
    let configuration = Configuration::new().responsive(true).display_logo(false);
    plot.set_configuration(configuration.mode_bar_buttons_to_remove(BUTTONS_LEFT_OUT.to_vec()));
    plot
}

/// A layout whose axes say what they are.
pub(in crate::report::html) fn layout(x: Axis, y: Axis) -> Layout {
    Layout::new()
        .x_axis(x)
        .y_axis(y)
        .legend(legend(LEGEND_AT))
        .margin(Margin::new().left(55).right(15).top(18).bottom(45))
        .colorway(COLOURS.to_vec())
}

/// Names in a row, those that are drawn first also first.
fn legend(y: f64) -> Legend {
    let row = Legend::new().orientation(Orientation::Horizontal).trace_order(TraceOrder::Normal);
    row.x(0.0).y(y).y_anchor(Anchor::Bottom)
}

/// An axis that begins at zero.
pub(in crate::report::html) fn axis(title: &str) -> Axis {
    Axis::new().title(title).range_mode(RangeMode::ToZero)
}

/// An axis on which each tenfold has the same room, as it is for figures of which some are a hundred times as large as others.
pub(in crate::report::html) fn tenfold(title: &str) -> Axis {
    Axis::new().title(title).type_(AxisType::Log).tick_format(",~g")
}

/// A layout over the run's clock, from its start to its end, so that all such drawings can be held under each other; with
/// the phases shaded where there are several.
pub(super) fn timeline(record: &Record, y: &str) -> Layout {
    let clock = Axis::new().title("seconds of the run").range(vec![0.0, end_s(record)]);
    let layout = layout(clock, axis(y)).hover_mode(HoverMode::XUnified);
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
    layout.shapes(shapes.collect()).annotations(names(record)).legend(legend(LEGEND_ABOVE_NAMES_AT))
}

/// The names of the phases, above the drawing; those in the midst only where they have room. The first and the last are held to
/// the edges, as warm-up and drain are often shorter than their names.
fn names(record: &Record) -> Vec<Annotation> {
    let (end, last) = (end_s(record), record.phases.len() - 1);
    let phases = record.phases.iter().enumerate();
    let seen = phases.filter(|(at, phase)| {
        let room = (phase.to_s - phase.from_s) / end;
        [0, last].contains(at) || room >= LETTER * phase.name.chars().count() as f64
    });
    let name = |(at, phase): (usize, &PhaseRecord)| {
        let (x, anchor) = match at {
            0 => (phase.from_s, Anchor::Left),
            at if at == last => (phase.to_s, Anchor::Right),
            _ => ((phase.from_s + phase.to_s) / 2.0, Anchor::Center),
        };
        Annotation::new()
            .text(escape(&phase.name))
            .x_ref("x")
            .y_ref("paper")
            .x(x)
            .x_anchor(anchor)
            .y(1.0)
            .y_anchor(Anchor::Bottom)
            .show_arrow(false)
            .font(Font::new().size(10))
    };
    seen.map(name).collect()
}

/// When the last of what is known of the run happened.
fn end_s(record: &Record) -> f64 {
    let phases = record.phases.iter().map(|phase| phase.to_s);
    let intervals = record.intervals.iter().map(|interval| interval.start_s + interval.length_s);
    let samplers = record.monitor.sources.iter().flat_map(|source| &source.samplers);
    let looks = samplers.filter_map(|sampler| match &sampler.data {
        SamplerData::Series(series) => series.at_s.last().copied(),
        _ => None,
    });
    phases.chain(intervals).chain(looks).fold(0.0, f64::max)
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

/// A stretch between two looks that is shorter than this part of the longest says nothing of a rate: the last look comes when
/// the users have gone, and not when it would be due.
const SHORT: f64 = 0.5;

/// The points of a figure, if it has any; counters as a rate a second.
pub(super) fn points(series: &SeriesRecord, figure: &str) -> Option<Vec<Option<f64>>> {
    let points = series.points.get(figure)?;
    if !series.counters.contains_key(figure) {
        return Some(points.clone());
    }
    let since = || series.at_s.windows(2).map(|pair| pair[1] - pair[0]);
    let least = SHORT * since().fold(0.0, f64::max);
    // What the first point rose by came before the clock started.
    let rates = points.iter().skip(1).zip(since());
    let rates = rates.map(|(rise, s)| rise.filter(|_| s > 0.0 && s >= least).map(|rise| rise / s));
    Some(std::iter::once(None).chain(rates).collect())
}

/// A name, with that of its source where there are several of its kind.
pub(super) fn of(record: &Record, source: &SourceRecord, name: &str) -> String {
    let like = record.monitor.sources.iter().filter(|other| other.kind == source.kind).count();
    if like > 1 { format!("{} {name}", source.name) } else { name.to_owned() }
}
