//! Settings that explain what a server does.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

/// A setting under its own name; a server that does not have it says nothing.
macro_rules! settings {
    ($($name:literal),+ $(,)?) => {
        &[$(Field::note($name, concat!("current_setting('", $name, "', true)"))),+]
    };
}

/// Read once. What the monitor sets for itself is not among them.
pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "settings",
    period: Duration::ZERO,
    keep: Keep::Facts,
    fields: settings!(
        "autovacuum",
        "autovacuum_max_workers",
        "autovacuum_naptime",
        "autovacuum_vacuum_cost_limit",
        "autovacuum_vacuum_scale_factor",
        "bgwriter_lru_maxpages",
        "block_size",
        "checkpoint_completion_target",
        "checkpoint_timeout",
        "compute_query_id",
        "data_checksums",
        "deadlock_timeout",
        "default_statistics_target",
        "default_toast_compression",
        "default_transaction_isolation",
        "effective_cache_size",
        "effective_io_concurrency",
        "fsync",
        "full_page_writes",
        "hash_mem_multiplier",
        "huge_pages",
        "io_method",
        "io_workers",
        "maintenance_work_mem",
        "max_connections",
        "max_parallel_workers",
        "max_parallel_workers_per_gather",
        "max_wal_size",
        "max_worker_processes",
        "min_wal_size",
        "pg_stat_statements.max",
        "pg_stat_statements.track_planning",
        "random_page_cost",
        "reserved_connections",
        "server_version_num",
        "shared_buffers",
        "superuser_reserved_connections",
        "synchronous_commit",
        "temp_buffers",
        "track_activity_query_size",
        "track_io_timing",
        "track_wal_io_timing",
        "wal_buffers",
        "wal_compression",
        "wal_level",
        "wal_sync_method",
        "work_mem",
    ),
    versions: Versions::Server,
    from: |_| Some(String::new()),
    tidy: as_it_is,
};
