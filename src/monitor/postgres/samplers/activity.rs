//! What sessions are doing or waiting for: where the active time goes.
//!
//! An active session that waits for nothing is on a processor. Idle ones are counted by `sessions`.

use std::time::Duration;

use super::super::field::Field;
use super::super::link::APPLICATION_NAME;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

/// Five looks a second: a wait of some milliseconds in each of many sessions shows after seconds. The function beneath
/// `pg_stat_activity` does without the names of roles and databases, which costs less to plan.
pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "activity",
    period: Duration::from_millis(200),
    keep: Keep::Profile,
    fields: &[
        Field::key(
            "event",
            "CASE WHEN state IN ('active', 'fastpath function call') \
             THEN coalesce(wait_event_type || ':' || wait_event, 'CPU') ELSE state END",
        ),
        Field::key("subject", "query_id").since(14),
        // Past that a statement is told by its text; long ones are told apart by their beginnings.
        Field::key("subject", "left(query, 2000)").until(13),
        Field::gauge("sessions", "count(*)"),
    ],
    versions: Versions::Server,
    from: |_| {
        Some(format!(
            "FROM pg_stat_get_activity(NULL) \
             WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid() \
             AND state <> 'idle' AND application_name IS DISTINCT FROM '{APPLICATION_NAME}' GROUP BY 1, 2"
        ))
    },
    tidy: as_it_is,
};
