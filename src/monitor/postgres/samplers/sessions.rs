//! How many sessions there are, and how long the longest of them have been at it.

use std::time::Duration;

use super::super::field::Field;
use super::super::link::APPLICATION_NAME;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "sessions",
    period: Duration::from_secs(1),
    keep: Keep::Series,
    fields: &[
        Field::gauge("connections", "count(*)"),
        Field::gauge("active", "count(*) FILTER (WHERE state = 'active')"),
        Field::gauge("idle", "count(*) FILTER (WHERE state = 'idle')"),
        Field::gauge("idle_in_transaction", "count(*) FILTER (WHERE state LIKE 'idle in transaction%')"),
        Field::gauge("waiting_for_locks", "count(*) FILTER (WHERE wait_event_type = 'Lock')"),
        Field::gauge("oldest_transaction_s", "extract(epoch FROM max(clock_timestamp() - xact_start))"),
        Field::gauge(
            "oldest_statement_s",
            "extract(epoch FROM max(clock_timestamp() - query_start) FILTER (WHERE state = 'active'))",
        ),
        Field::gauge(
            "oldest_idle_in_transaction_s",
            "extract(epoch FROM max(clock_timestamp() - state_change) FILTER (WHERE state LIKE 'idle in transaction%'))",
        ),
        Field::gauge("oldest_snapshot_xids", "max(age(backend_xmin))"),
    ],
    versions: Versions::Server,
    // Other roles' sessions show without rights, but not what kind they are.
    from: |_| {
        Some(format!(
            "FROM pg_stat_get_activity(NULL) WHERE datid IS NOT NULL AND pid <> pg_backend_pid() \
             AND coalesce(backend_type, 'client backend') = 'client backend' \
             AND application_name IS DISTINCT FROM '{APPLICATION_NAME}'"
        ))
    },
    tidy: as_it_is,
};
