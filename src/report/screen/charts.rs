//! Throughput and percentiles over time.

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::symbols::Marker;
use ratatui::text::Span;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType};

use super::hand::Hand;
use super::history::Point;
use super::look::Look;
use super::panel::Panel;
use super::view::View;
use crate::report::human;

/// Draws operations a second.
pub(super) fn throughput(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let line = stretches(&view.history.points, |point| Some(point.throughput_per_s));
    let now = view.progress.as_ref().map(|progress| human::rate(progress.throughput_per_s)).unwrap_or_default();
    let lines = line.iter().map(|line| dataset(line, look, 0)).collect();
    let now = vec![Span::styled(format!("{now} "), look.line(0))];
    chart(frame, area, view, lines, (Panel::Throughput, hand), now, look, human::number);
}

/// What a panel's title has around it: corners and spaces.
const FRAME: usize = 4;

/// Draws the percentiles of response times.
pub(super) fn response(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let percentiles =
        [0, 1, 2].map(|place| stretches(&view.history.points, |point| point.percentiles_us.map(|us| us[place] as f64)));
    let latest = view.history.points.iter().rev().find_map(|point| point.percentiles_us);
    // The title is the legend: there is no room for another.
    let named = |(place, name): (usize, &str)| {
        let value = latest.map_or_else(|| "–".to_owned(), |us| human::time_us(us[place] as f64));
        Span::styled(format!("{name} {value}  "), look.line(place))
    };
    let names = ["p50", "p95", "p99"];
    let now: Vec<_> = names.into_iter().enumerate().map(named).collect();
    // Where they have no room, half a value would say something else.
    let room = usize::from(area.width).saturating_sub(Panel::Response.title().chars().count() + FRAME);
    let fits = now.iter().map(Span::width).sum::<usize>() <= room;
    let name = |(place, name)| Span::styled(format!("{name}  "), look.line(place));
    let now = if fits { now } else { names.into_iter().enumerate().map(name).collect() };
    let lines = percentiles.iter().enumerate();
    let lines = lines.flat_map(|(place, lines)| lines.iter().map(move |line| dataset(line, look, place))).collect();
    chart(frame, area, view, lines, (Panel::Response, hand), now, look, human::time_us);
}

/// The points of a figure, in stretches without a gap.
fn stretches(points: &[Point], figure: impl Fn(&Point) -> Option<f64>) -> Vec<Vec<(f64, f64)>> {
    let mut stretches = vec![Vec::new()];
    for point in points {
        match (figure(point), stretches.last_mut()) {
            (Some(value), Some(last)) => last.push((point.at_s, value)),
            (None, Some(last)) if !last.is_empty() => stretches.push(Vec::new()),
            _ => {}
        }
    }
    stretches
}

fn dataset(line: &[(f64, f64)], look: Look, place: usize) -> Dataset<'_> {
    Dataset::default().marker(Marker::Braille).graph_type(GraphType::Line).style(look.line(place)).data(line)
}

#[allow(clippy::too_many_arguments, reason = "two callers, side by side")]
fn chart(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &View,
    lines: Vec<Dataset<'_>>,
    (panel, hand): (Panel, &Hand),
    now: Vec<Span<'static>>,
    look: Look,
    show: fn(f64) -> String,
) {
    let block = panel.block_with(now, hand.panel == panel, look);
    let points = &view.history.points;
    let highest = match panel {
        Panel::Throughput => points.iter().map(|point| point.throughput_per_s).fold(0.0, f64::max),
        _ => points.iter().filter_map(|point| point.percentiles_us).map(|us| us[2] as f64).fold(0.0, f64::max),
    };
    let (from, to) = (0.0, points.last().map_or(1.0, |point| point.at_s.max(1.0)));
    let top = if highest > 0.0 { highest * 1.05 } else { 1.0 };
    let time = Axis::default().style(look.faint()).bounds([from, to]);
    let time = time.labels([human::clock(from), human::clock(to)]).labels_alignment(Alignment::Right);
    let value = Axis::default().style(look.faint()).bounds([0.0, top]);
    // In a low chart they would stand on one line.
    let labels = match area.height {
        7.. => vec!["0".to_owned(), show(top / 2.0), show(top)],
        _ => vec![show(top)],
    };
    // Of nothing there are no figures.
    let is_told = highest > 0.0;
    let value = if is_told && area.height >= 5 { value.labels(labels) } else { value };
    let time = if is_told && area.height >= 6 { time } else { Axis::default().bounds([from, to]) };
    let chart = Chart::new(lines).block(block).x_axis(time).y_axis(value);
    frame.render_widget(chart, area);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_drawn_across_a_pause() {
        let point =
            |at_s: f64, us: Option<u64>| Point { at_s, percentiles_us: us.map(|us| [us; 3]), ..Point::default() };
        let points = [point(1.0, Some(5)), point(2.0, None), point(3.0, None), point(4.0, Some(7))];
        let lines = stretches(&points, |point| point.percentiles_us.map(|us| us[0] as f64));
        assert_eq!(lines, [vec![(1.0, 5.0)], vec![(4.0, 7.0)]]);
    }
}
