//! What was written to the log. Before PostgreSQL 14 there is but its position, from 18 on times are in `io`.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "wal",
    period: Duration::from_secs(2),
    keep: Keep::Series,
    fields: &[
        Field::counter(
            "bytes",
            "pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() \
             ELSE pg_current_wal_insert_lsn() END, '0/0')",
        )
        .until(13),
        Field::counted_since("stats_reset").since(14),
        Field::counter("bytes", "wal_bytes").since(14),
        Field::counter("records", "wal_records").since(14),
        Field::counter("full_page_images", "wal_fpi").since(14),
        Field::counter("buffers_full", "wal_buffers_full").since(14),
        Field::counter("writes", "wal_write").since(14).until(17),
        Field::counter("syncs", "wal_sync").since(14).until(17),
        Field::counter("write_time_us", "wal_write_time * 1000").since(14).until(17),
        Field::counter("sync_time_us", "wal_sync_time * 1000").since(14).until(17),
    ],
    versions: Versions::Server,
    from: |server| Some(if server.major < 14 { String::new() } else { "FROM pg_stat_wal".to_owned() }),
    tidy: as_it_is,
};
