//! Who waits for whose lock, with both statements, and whether they wait for each other: a deadlock until the server ends one.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions};
use crate::drivers::postgres::fingerprint;
use crate::monitor::sampler::{Keep, Row};

/// `pg_blocking_pids` and what is beneath `pg_locks` take the lock manager's own locks, so they are asked about waiting sessions alone:
/// where nobody waits they are not called.
pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "locks",
    period: Duration::from_millis(500),
    keep: Keep::Sightings,
    fields: &[
        Field::key("blocked", "waiting.query"),
        Field::key("blocker", "holding.query"),
        Field::key("blocker_state", "holding.state"),
        Field::key("lock", "waiting.wait_event"),
        Field::key("mode", "wanted.mode"),
        Field::key("relation", "wanted.relation::regclass"),
        // Behind a deadlock others queue up, also between those who are in it: it is a circle of any length.
        Field::key("mutual", "CASE WHEN waiting.mutual THEN 'yes' ELSE 'no' END"),
        Field::gauge("waited_s", "extract(epoch FROM clock_timestamp() - wanted.waitstart)").since(14),
        Field::gauge("waited_s", "extract(epoch FROM clock_timestamp() - waiting.query_start)").until(13),
    ],
    versions: Versions::Server,
    from: |_| {
        Some(
            "FROM (WITH RECURSIVE pairs AS MATERIALIZED (\
             SELECT waiter.pid, query, wait_event, query_start, blocking.pid AS blocker \
             FROM pg_stat_get_activity(NULL) waiter \
             CROSS JOIN LATERAL unnest(pg_blocking_pids(waiter.pid)) AS blocking (pid) \
             WHERE waiter.wait_event_type = 'Lock' \
             AND waiter.datid = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 200), \
             reached (pid, blocker) AS (SELECT pid, blocker FROM pairs UNION \
             SELECT reached.pid, pairs.blocker FROM reached JOIN pairs ON pairs.pid = reached.blocker) \
             SELECT *, EXISTS (SELECT FROM reached WHERE reached.pid = pairs.blocker AND reached.blocker = pairs.pid) AS mutual \
             FROM pairs) waiting \
             LEFT JOIN LATERAL pg_stat_get_activity(waiting.blocker) holding ON true \
             LEFT JOIN LATERAL (SELECT * FROM pg_lock_status() l WHERE l.pid = waiting.pid AND NOT granted LIMIT 1) wanted \
             ON true"
                .to_owned(),
        )
    },
    tidy: without_constants,
};

/// Both statements by their shape, so that the many executions of one are one.
fn without_constants(row: &mut Row, _: u64) {
    row.keys.iter_mut().take(2).for_each(|query| *query = fingerprint(query));
}
