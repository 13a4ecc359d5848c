//! throng itself: whether it was the limit.

use crate::export::metric::{Kind, Metric, Point, Unit, Value};

pub(super) const CPU: Metric = Metric {
    name: "throng.generator.cpu",
    unit: Unit::Ratio,
    kind: Kind::Gauge,
    help: "Processor time of throng in the last interval, as a part of what its worker threads could have",
    labels: &[],
    points: |tally| vec![Point::new([], [], Value::Number(tally.cpu_percent / 100.0))],
};

pub(super) const LAG: Metric = Metric {
    name: "throng.generator.loop_lag",
    unit: Unit::Seconds,
    kind: Kind::Histogram,
    help: "How much later than asked the workers' loops came round",
    labels: &[],
    points: |tally| vec![Point::new([], [], Value::Times(&tally.sum.loop_lag))],
};

pub(super) const LATE: Metric = Metric {
    name: "throng.generator.late_starts",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Iterations that started more than 1 ms late although a user was free",
    labels: &["persona", "phase"],
    points: |tally| {
        let iterations = tally.sum.iterations.iter();
        let points = iterations.map(|((persona, phase), counts)| {
            Point::new(["persona", "phase"], [persona, phase], Value::Whole(counts.late))
        });
        points.collect()
    },
};
