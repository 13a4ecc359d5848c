//! The database as a whole.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions};
use crate::monitor::sampler::{Keep, Row};

/// Sessions tell what they have counted at most once a second, so that less than two would show noise.
pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "database",
    period: Duration::from_secs(2),
    keep: Keep::Series,
    fields: &[
        // The monitor's looks are transactions too, and the server does not tell them apart.
        Field::counter("monitor_commits", "NULL::float8"),
        Field::counted_since("stats_reset"),
        Field::counter("commits", "xact_commit"),
        Field::counter("rollbacks", "xact_rollback"),
        Field::counter("blocks_hit", "blks_hit"),
        Field::counter("blocks_read", "blks_read"),
        Field::counter("block_read_time_us", "blk_read_time * 1000"),
        Field::counter("block_write_time_us", "blk_write_time * 1000"),
        Field::counter("rows_returned", "tup_returned"),
        Field::counter("rows_fetched", "tup_fetched"),
        Field::counter("rows_inserted", "tup_inserted"),
        Field::counter("rows_updated", "tup_updated"),
        Field::counter("rows_deleted", "tup_deleted"),
        Field::counter("temp_files", "temp_files"),
        Field::counter("temp_bytes", "temp_bytes"),
        Field::counter("deadlocks", "deadlocks"),
        Field::counter("conflicts", "conflicts"),
        Field::counter("checksum_failures", "checksum_failures"),
        Field::counter("session_time_us", "session_time * 1000").since(14),
        Field::counter("active_time_us", "active_time * 1000").since(14),
        Field::counter("idle_in_transaction_time_us", "idle_in_transaction_time * 1000").since(14),
        Field::counter("sessions", "sessions").since(14),
        Field::counter("sessions_abandoned", "sessions_abandoned").since(14),
        Field::counter("sessions_fatal", "sessions_fatal").since(14),
        Field::counter("sessions_killed", "sessions_killed").since(14),
        Field::counter("parallel_workers_wanted", "parallel_workers_to_launch").since(18),
        Field::counter("parallel_workers_launched", "parallel_workers_launched").since(18),
    ],
    versions: Versions::Server,
    from: |_| Some("FROM pg_stat_database WHERE datname = current_database()".to_owned()),
    tidy: count_looks,
};

fn count_looks(row: &mut Row, looks: u64) {
    if let Some(first) = row.figures.first_mut() {
        *first = Some(looks as f64);
    }
}
