//! Labelled statements, which are counted in measured phases.

use crate::export::metric::{Kind, Metric, Point, Unit, Value};
use crate::export::tally::Tally;
use crate::stats::StatementStats;

/// What statements are told apart by.
const STATEMENT: [&str; 2] = ["target", "statement"];

/// A point for each statement on each target.
fn each<'a>(tally: &'a Tally, value: impl Fn(&'a StatementStats) -> Value<'a>) -> Vec<Point<'a>> {
    let statements = tally.sum.statements.iter();
    let labelled = statements.flat_map(|(target, of)| of.iter().map(move |(label, stats)| (target, label, stats)));
    labelled.map(|(target, label, stats)| Point::new(STATEMENT, [target, label], value(stats))).collect()
}

pub(super) const STATEMENTS: Metric = Metric {
    name: "throng.statements",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Executions of labelled statements in measured phases",
    labels: &["target", "statement", "outcome"],
    points: |tally| {
        let succeeded = each(tally, |stats| Value::Whole(stats.succeeded)).into_iter();
        let failed = each(tally, |stats| Value::Whole(stats.failed)).into_iter();
        let succeeded = succeeded.map(|point| point.with("outcome", "succeeded"));
        succeeded.chain(failed.map(|point| point.with("outcome", "failed"))).collect()
    },
};

pub(super) const TIME: Metric = Metric {
    name: "throng.statement.time",
    unit: Unit::Seconds,
    kind: Kind::Counter,
    help: "Time of labelled statements from sending to the last row, added up",
    labels: &STATEMENT,
    points: |tally| each(tally, |stats| Value::seconds(stats.time.sum_us())),
};
