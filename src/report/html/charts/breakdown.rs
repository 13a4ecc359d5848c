//! Where the time of each operation went.

use plotly::Bar;
use plotly::common::{Font, Marker, Orientation, TextPosition};
use plotly::layout::{Axis, BarMode};

use super::Chart;
use super::canvas::{COLOURS, GREY, axis, escape, layout, plot};
use crate::record::{BreakdownRecord, OperationRecord, Record};
use crate::report::human;

/// Bars whose names can all be read, also on a phone.
const MOST: usize = 12;

/// Letters of a name that leave room for its bar on a phone; all of it is shown where the pointer is.
const LONGEST: usize = 24;

/// What no server told the time of, as the record calls it, and as the table does.
const UNKNOWN: [&str; 2] = ["unattributed", "unknown"];

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let mut told: Vec<(&OperationRecord, &BreakdownRecord)> =
        record.measured_operations().filter_map(|o| Some((o, o.breakdown_us.as_ref()?))).collect();
    told.sort_by(|(a, _), (b, _)| b.response_us.mean.total_cmp(&a.response_us.mean));
    told.truncate(MOST);
    // Plotly begins at the bottom.
    told.reverse();
    if told.is_empty() {
        return None;
    }
    let one_phase = told.windows(2).all(|pair| pair[0].0.phase == pair[1].0.phase);
    let whole = |operation: &OperationRecord| {
        let phase = if one_phase { String::new() } else { format!(", {}", operation.phase) };
        format!("{} ({}{phase})", operation.name, operation.persona)
    };
    let short = |(operation, _): &(&OperationRecord, &BreakdownRecord)| {
        let others = told.iter().filter(|(other, _)| other.name == operation.name).count();
        let name = if others > 1 { whole(operation) } else { operation.name.clone() };
        escape(&human::plain(&name, LONGEST))
    };
    // Bars have numbers, since two names may be the same when they are cut.
    let places: Vec<f64> = (0..told.len()).map(|place| place as f64).collect();
    let bars = BreakdownRecord::default().parts().into_iter().enumerate().map(|(at, (part, _))| {
        let ms: Vec<f64> = told.iter().map(|(_, breakdown)| breakdown.parts()[at].1 / 1000.0).collect();
        let (name, colour) = if part == UNKNOWN[0] { (UNKNOWN[1], GREY) } else { (part, COLOURS[at % COLOURS.len()]) };
        Bar::new(ms, places.clone())
            .orientation(Orientation::Horizontal)
            .name(name)
            .marker(Marker::new().color(colour))
            .text_array(told.iter().map(|(operation, _)| escape(&whole(operation))).collect())
            .text_position(TextPosition::None)
            .hover_template("%{text}: %{x:.3~g} ms") as _
    });
    let names = Axis::new().tick_values(places.clone()).tick_text(told.iter().map(short).collect());
    Some(Chart {
        title: "Where the time went",
        about: "the mean response of the slowest operations, by its parts",
        plot: plot(layout(axis("ms"), names.tick_font(Font::new().size(10))).bar_mode(BarMode::Stack), bars.collect()),
    })
}
