//! throng itself: whether it was the limit.

use super::run::{ITERATION, each_iteration};
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
    labels: &ITERATION,
    points: |tally| each_iteration(tally, |counts| Value::Whole(counts.late)),
};
