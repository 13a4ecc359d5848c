//! Where the time of each operation went.

use plotly::Bar;
use plotly::common::{Font, Orientation};
use plotly::layout::{Axis, BarMode};

use super::Chart;
use super::canvas::{axis, escape, layout, plot};
use crate::record::{BreakdownRecord, OperationRecord, Record};

/// Bars whose names can all be read, also on a phone.
const MOST: usize = 12;

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
    let name = |operation: &OperationRecord| {
        let phase = if one_phase { String::new() } else { format!(", {}", operation.phase) };
        escape(&format!("{} ({}{phase})", operation.name, operation.persona))
    };
    let names: Vec<String> = told.iter().map(|(operation, _)| name(operation)).collect();
    let bars = BreakdownRecord::default().parts().into_iter().enumerate().map(|(place, (part, _))| {
        let ms: Vec<f64> = told.iter().map(|(_, breakdown)| breakdown.parts()[place].1 / 1000.0).collect();
        Bar::new(ms, names.clone()).orientation(Orientation::Horizontal).name(part) as _
    });
    let every_name = Axis::new().dtick(1.0).tick_font(Font::new().size(10));
    Some(Chart {
        title: "Where the time went",
        about: "the mean response of the slowest operations, by its parts",
        plot: plot(layout(axis("ms"), every_name).bar_mode(BarMode::Stack), bars.collect()),
    })
}
