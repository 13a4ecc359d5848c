//! The run itself, its users and their iterations.

use crate::export::metric::{Kind, Metric, Point, Unit, Value};
use crate::export::tally::Tally;
use crate::stats::IterationCounts;

/// What iterations are told apart by.
pub(super) const ITERATION: [&str; 2] = ["persona", "phase"];

/// A point for the iterations of each persona in each phase.
pub(super) fn each_iteration<'a>(tally: &'a Tally, value: impl Fn(&'a IterationCounts) -> Value<'a>) -> Vec<Point<'a>> {
    let iterations = tally.sum.iterations.iter();
    iterations.map(|((persona, phase), counts)| Point::new(ITERATION, [persona, phase], value(counts))).collect()
}

pub(super) const INFO: Metric = Metric {
    name: "throng.run_info",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "What tells the run from others; always 1",
    labels: &["scenario", "profile", "run_id", "seed", "version"],
    points: |tally| {
        let run = &tally.run;
        let point = Point::new(["scenario"], [&run.scenario], Value::Whole(1)).with("profile", &run.profile);
        let point = point.with("run_id", &run.run_id).with("seed", run.seed.to_string());
        vec![point.with("version", env!("CARGO_PKG_VERSION"))]
    },
};

pub(super) const PHASE: Metric = Metric {
    name: "throng.phase",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "The phase that is in force; always 1",
    labels: &["phase"],
    points: |tally| match tally.time {
        Some(_) => vec![Point::new(["phase"], [&tally.phase], Value::Whole(1))],
        None => Vec::new(),
    },
};

pub(super) const USERS: Metric = Metric {
    name: "throng.users",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "Users alive",
    labels: &[],
    points: |tally| vec![Point::new([], [], Value::Whole(tally.sum.users))],
};

pub(super) const OFFERED: Metric = Metric {
    name: "throng.iterations_offered",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Iterations that fell due",
    labels: &ITERATION,
    points: |tally| each_iteration(tally, |counts| Value::Whole(counts.offered)),
};

pub(super) const ITERATIONS: Metric = Metric {
    name: "throng.iterations",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Iterations that are over, by how they ended",
    labels: &["persona", "phase", "outcome"],
    points: |tally| {
        let outcomes = |counts: &IterationCounts| {
            [
                ("succeeded", counts.succeeded),
                ("failed", counts.failed),
                ("unfinished", counts.unfinished),
                ("dropped", counts.dropped),
            ]
        };
        let iterations = tally.sum.iterations.iter();
        let points = iterations.flat_map(|((persona, phase), counts)| {
            outcomes(counts).map(|(outcome, count)| {
                Point::new(["persona", "phase", "outcome"], [persona, phase, outcome], Value::Whole(count))
            })
        });
        points.collect()
    },
};
