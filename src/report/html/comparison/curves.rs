//! The percentile curve of each side, over all of its runs.

use hdrhistogram::Histogram;
use plotly::Scatter;
use plotly::common::{Line, Mode};

use crate::analysis::PlayedRun;
use crate::record::decode_sum;
use crate::report::comparison::Comparison;
use crate::report::html::charts::Chart;
use crate::report::html::charts::canvas::{COLOURS, escape, layout, plot, tenfold};
use crate::report::html::charts::percentiles::{curve, nines};

pub(super) fn chart(comparison: &Comparison) -> Option<Chart> {
    let record = &comparison.record;
    let sides = [(&record.base.name, &comparison.base, COLOURS[0]), (&record.new.name, &comparison.new, COLOURS[1])];
    let traces: Vec<_> = sides
        .into_iter()
        .filter_map(|(name, runs, colour)| {
            let (x, y) = curve(&together(runs)?);
            let line = Line::new().width(2.0).color(colour);
            Some(Scatter::new(x, y).name(escape(name)).mode(Mode::Lines).line(line) as _)
        })
        .collect();
    (!traces.is_empty()).then(|| Chart {
        title: "Percentiles",
        about: "of all operations of all runs of a side; the farther right, the rarer",
        plot: plot(layout(nines(), tenfold("ms")), traces),
    })
}

/// All response times of the measured parts of runs.
pub(in crate::report::html) fn together(runs: &[PlayedRun]) -> Option<Histogram<u64>> {
    let operations = runs.iter().flat_map(|run| run.record.measured_operations());
    decode_sum(operations.map(|operation| &*operation.histogram)).filter(|all| !all.is_empty())
}
