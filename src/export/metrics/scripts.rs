//! Metrics that a scenario defines for itself, by their names as a label, since two scenarios may mean different things
//! by one name, and a metric has one kind only.

use crate::export::metric::{Kind, Metric, Point, Unit, Value};
use crate::export::names;
use crate::export::tally::Tally;
use crate::stats::MetricStats;

/// Stands for a tag without text, since Prometheus takes a label without text for none.
const EMPTY: &str = "(empty)";

/// A point for each metric and set of tags that has such a value.
fn each<'a>(tally: &'a Tally, value: impl Fn(&'a MetricStats) -> Option<Value<'a>>) -> Vec<Point<'a>> {
    let points = tally.sum.metrics.iter().filter_map(|(key, stats)| {
        let point = Point::new(["metric"], [&key.name], value(stats)?);
        let named = |value: &'a str| if value.is_empty() { EMPTY } else { value };
        Some(key.tags.iter().fold(point, |point, (name, of)| point.with(names::tag(name), named(of))))
    });
    points.collect()
}

pub(super) const COUNTER: Metric = Metric {
    name: "throng.script.counted",
    unit: Unit::None,
    // A script may count down.
    kind: Kind::Gauge,
    help: "The sums of a scenario's counters",
    labels: &["metric"],
    points: |tally| {
        each(tally, |stats| match stats {
            MetricStats::Counter(sum) => Some(Value::Number(*sum)),
            _ => None,
        })
    },
};

pub(super) const GAUGE: Metric = Metric {
    name: "throng.script.level",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "The last values of a scenario's gauges",
    labels: &["metric"],
    points: |tally| {
        each(tally, |stats| match stats {
            MetricStats::Gauge { last, .. } => Some(Value::Number(*last)),
            _ => None,
        })
    },
};

pub(super) const RATE_HITS: Metric = Metric {
    name: "throng.script.rate_hits",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Observations of a scenario's rates that were true",
    labels: &["metric"],
    points: |tally| {
        each(tally, |stats| match stats {
            MetricStats::Rate { hits, .. } => Some(Value::Whole(*hits)),
            _ => None,
        })
    },
};

pub(super) const RATE_TOTAL: Metric = Metric {
    name: "throng.script.rate_observations",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "All observations of a scenario's rates",
    labels: &["metric"],
    points: |tally| {
        each(tally, |stats| match stats {
            MetricStats::Rate { total, .. } => Some(Value::Whole(*total)),
            _ => None,
        })
    },
};

pub(super) const TREND: Metric = Metric {
    name: "throng.script.trend",
    unit: Unit::None,
    kind: Kind::Histogram,
    help: "The numbers of a scenario's trends, in their own unit",
    labels: &["metric"],
    points: |tally| {
        each(tally, |stats| match stats {
            MetricStats::Trend(trend) => Some(Value::Numbers(trend)),
            _ => None,
        })
    },
};
