//! Operations: how many, how long, and the errors that they and what surrounds them met.

use crate::export::metric::{Kind, Metric, Point, Unit, Value};
use crate::export::tally::Tally;
use crate::stats::CellStats;

/// What operations are told apart by.
const CELL: [&str; 3] = ["operation", "persona", "phase"];

/// A point for each operation of each persona in each phase.
fn each<'a>(tally: &'a Tally, value: impl Fn(&'a CellStats) -> Value<'a>) -> Vec<Point<'a>> {
    let cells = tally.sum.cells.iter();
    cells.map(|(key, stats)| Point::new(CELL, [&key.operation, &key.persona, &key.phase], value(stats))).collect()
}

pub(super) const OPERATIONS: Metric = Metric {
    name: "throng.operations",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Operations that are over, by how they ended",
    labels: &["operation", "persona", "phase", "outcome"],
    points: |tally| {
        let of = |outcome: &'static str, count: fn(&CellStats) -> u64| {
            let points = each(tally, move |stats| Value::Whole(count(stats))).into_iter();
            points.map(move |point| point.with("outcome", outcome))
        };
        let succeeded = of("succeeded", |stats| stats.succeeded);
        let failed = of("failed", |stats| stats.failed);
        succeeded.chain(failed).chain(of("unfinished", |stats| stats.unfinished)).collect()
    },
};

pub(super) const RESPONSE: Metric = Metric {
    name: "throng.operation.response",
    unit: Unit::Seconds,
    kind: Kind::Histogram,
    help: "From the planned start of an operation to its end",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::Times(&stats.response)),
};

pub(super) const SERVICE: Metric = Metric {
    name: "throng.operation.service",
    unit: Unit::Seconds,
    kind: Kind::Histogram,
    help: "The response without waiting for a user or a connection",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::Times(&stats.service)),
};

pub(super) const WAIT: Metric = Metric {
    name: "throng.operation.wait",
    unit: Unit::Seconds,
    kind: Kind::Counter,
    help: "Waiting for a user, from the planned to the actual start, added up",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::seconds(stats.wait.sum_us())),
};

pub(super) const POOL: Metric = Metric {
    name: "throng.operation.pool",
    unit: Unit::Seconds,
    kind: Kind::Counter,
    help: "Waiting for connections within operations, added up",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::seconds(stats.pool.sum_us())),
};

pub(super) const RETRIES: Metric = Metric {
    name: "throng.operation.retries",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Transaction attempts beyond the first",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::Whole(stats.retries)),
};

pub(super) const ROWS: Metric = Metric {
    name: "throng.operation.rows",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Rows read and written",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::Whole(stats.rows)),
};

pub(super) const BYTES: Metric = Metric {
    name: "throng.operation.transferred",
    unit: Unit::Bytes,
    kind: Kind::Counter,
    help: "Data received from and sent to the targets",
    labels: &CELL,
    points: |tally| each(tally, |stats| Value::Whole(stats.bytes)),
};

pub(super) const ERRORS: Metric = Metric {
    name: "throng.errors",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Errors by class",
    labels: &["class", "operation", "persona", "phase"],
    points: |tally| {
        let errors = tally.sum.errors.iter();
        let points = errors.map(|(key, stats)| {
            let mut point = Point::new(CELL, [&key.operation, &key.persona, &key.phase], Value::Whole(stats.count));
            point.labels.insert(0, ("class".into(), key.class.to_string().into()));
            point
        });
        points.collect()
    },
};
