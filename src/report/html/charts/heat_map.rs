//! Response times over time, all of them.

use plotly::HeatMap;
use plotly::common::{Anchor, ColorBar, ColorScale, ColorScalePalette, Font, Orientation};

use super::Chart;
use super::canvas::{middles, plot, tenfold, timeline};
use crate::record::{Record, decode};

/// Rows of the map for each tenfold time: near enough to tell two bands apart, coarse enough to have something in each.
const PER_DECADE: f64 = 10.0;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let counts: Vec<Vec<(usize, u64)>> = record.intervals.iter().map(|i| rows(&i.histogram)).collect();
    let met = || counts.iter().flatten().map(|(row, _)| *row);
    let (first, last) = (met().min()?, met().max()?);
    let (mut shades, mut notes) = (Vec::new(), Vec::new());
    for row in first..=last {
        let of =
            |interval: &Vec<(usize, u64)>| interval.iter().filter(|(at, _)| *at == row).map(|(_, n)| n).sum::<u64>();
        let line: Vec<u64> = counts.iter().map(of).collect();
        // Logarithms, so that the rare slow ones are seen beside the many fast ones.
        shades.push(line.iter().map(|&n| (n > 0).then(|| (n as f64).log10())).collect::<Vec<_>>());
        notes.push(line.iter().map(u64::to_string).collect::<Vec<_>>());
    }
    let heights: Vec<f64> = (first..=last).map(|row| 10f64.powf((row as f64 + 0.5) / PER_DECADE) / 1000.0).collect();
    let map = HeatMap::new(middles(record), heights, shades)
        .text_matrix(notes)
        .hover_template("second %{x:.0f}, about %{y:.3~g} ms: %{text} operations<extra></extra>")
        .color_scale(ColorScale::Palette(ColorScalePalette::Viridis))
        .color_bar(scale());
    let layout = timeline(record, "ms").y_axis(tenfold("ms"));
    Some(Chart {
        title: "All response times",
        about: "the brighter, the more operations took so long",
        plot: plot(layout, vec![map]),
    })
}

/// What the shades mean, where other drawings have their legend.
fn scale() -> ColorBar {
    let counts = ["1", "10", "100", "1,000", "10,000", "100,000"];
    ColorBar::new()
        .orientation(Orientation::Horizontal)
        .tick_vals((0..counts.len()).map(|place| place as f64).collect())
        .tick_text(counts.to_vec())
        .tick_font(Font::new().size(10))
        .thickness(8)
        .outline_width(0)
        .y(1.06)
        .y_anchor(Anchor::Bottom)
}

/// How many times lie in each row.
fn rows(histogram: &str) -> Vec<(usize, u64)> {
    let Ok(histogram) = decode(histogram) else { return Vec::new() };
    let row = |us: u64| ((us.max(1) as f64).log10() * PER_DECADE) as usize;
    histogram.iter_recorded().map(|step| (row(step.value_iterated_to()), step.count_at_value())).collect()
}
