//! Pools of connections.

use crate::export::metric::{Kind, Metric, Point, Unit, Value};
use crate::export::tally::Tally;
use crate::record::PoolKey;
use crate::stats::PoolStats;

/// What pools are told apart by. Only a pool that one persona's users share has a persona.
const POOL: [&str; 3] = ["target", "kind", "persona"];

/// A point for each pool.
fn each<'a>(tally: &'a Tally, value: impl Fn(&'a PoolStats) -> Value<'a>) -> Vec<Point<'a>> {
    let point = |(key, stats): (&'a PoolKey, &'a PoolStats)| {
        let point = Point::new(["target", "kind"], [&key.name, &key.kind], value(stats));
        point.with("persona", key.persona.as_deref().unwrap_or_default())
    };
    tally.pools.iter().map(point).collect()
}

pub(super) const CONNECTIONS: Metric = Metric {
    name: "throng.pool.connections",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "Connections that are open, by whether a user has them",
    labels: &["target", "kind", "persona", "state"],
    points: |tally| {
        let in_use = each(tally, |stats| Value::Whole(stats.in_use)).into_iter();
        let idle = each(tally, |stats| Value::Whole(stats.size.saturating_sub(stats.in_use))).into_iter();
        let in_use = in_use.map(|point| point.with("state", "in_use"));
        in_use.chain(idle.map(|point| point.with("state", "idle"))).collect()
    },
};

pub(super) const LIMIT: Metric = Metric {
    name: "throng.pool.connections_limit",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "Connections that may be open",
    labels: &POOL,
    points: |tally| each(tally, |stats| Value::Whole(stats.max_size)),
};

pub(super) const WAITING: Metric = Metric {
    name: "throng.pool.waiting_users",
    unit: Unit::None,
    kind: Kind::Gauge,
    help: "Users waiting for a connection",
    labels: &POOL,
    points: |tally| each(tally, |stats| Value::Whole(stats.waiters)),
};

pub(super) const WAIT: Metric = Metric {
    name: "throng.pool.wait",
    unit: Unit::Seconds,
    kind: Kind::Histogram,
    help: "From asking for a connection to having it",
    labels: &POOL,
    points: |tally| each(tally, |stats| Value::Times(&stats.wait)),
};

pub(super) const CONNECTS: Metric = Metric {
    name: "throng.pool.connects",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Connections opened",
    labels: &POOL,
    points: |tally| each(tally, |stats| Value::Whole(stats.connects)),
};

pub(super) const RECONNECTS: Metric = Metric {
    name: "throng.pool.reconnects",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Of those, opened to replace one that was lost",
    labels: &POOL,
    points: |tally| each(tally, |stats| Value::Whole(stats.reconnects)),
};

pub(super) const FAILURES: Metric = Metric {
    name: "throng.pool.connect_failures",
    unit: Unit::None,
    kind: Kind::Counter,
    help: "Attempts to connect that failed",
    labels: &POOL,
    points: |tally| each(tally, |stats| Value::Whole(stats.connect_failures)),
};
