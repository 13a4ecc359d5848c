//! Response time against throughput: where more load brings nothing but waiting.

use plotly::Scatter;
use plotly::common::{Marker, Mode};

use super::Chart;
use super::canvas::{axis, layout, ms, plot};
use crate::record::{IntervalRecord, Record};

/// Fewer intervals show no shape.
const FEWEST: usize = 5;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let told: Vec<_> = record.measured_intervals().filter(|interval| interval.operations_succeeded > 0).collect();
    if told.len() < FEWEST {
        return None;
    }
    let notes = told.iter().map(|interval| format!("second {:.0}, {} users", interval.start_s, interval.users));
    let points = |name: &str, of: fn(&IntervalRecord) -> u64| {
        let (x, y) = told.iter().map(|interval| (interval.throughput_per_s, ms(of(interval)))).unzip();
        Scatter::<f64, f64>::new(x, y)
            .name(name)
            .mode(Mode::Markers)
            .marker(Marker::new().size(6).opacity(0.6))
            .text_array(notes.clone().collect())
    };
    Some(Chart {
        title: "Response time against throughput",
        about: "a point an interval; where points rise without going right, the limit is reached",
        plot: plot(
            layout(axis("operations succeeded a second"), axis("ms")),
            vec![points("median", |i| i.response_us.p50), points("p95", |i| i.response_us.p95)],
        ),
    })
}
