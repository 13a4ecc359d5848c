//! Settings of throwaway servers that any scenario may have: those that neither start programs or load libraries nor reach
//! files beside the server's own.
//!
//! A list of what may be, not of what may not: a server's next version must not open a way out by a setting that is not
//! known here. All others, but those that throng sets itself, take `--allow-exec`.

use super::scenario::TargetKind;

/// What names of harmless settings of PostgreSQL begin with: each is a family of which every member is harmless.
const POSTGRES_FAMILIES: [&str; 24] = [
    "auto_explain.",
    "autovacuum",
    "backend_flush_",
    "bgwriter_",
    "checkpoint_",
    "commit_",
    "constraint_exclusion",
    "cpu_",
    "cursor_",
    "deadlock_",
    "default_transaction_",
    "enable_",
    "geqo",
    "hash_mem_",
    "jit_above_",
    "jit_inline_",
    "jit_optimize_",
    "log_autovacuum_",
    "log_min_",
    "maintenance_",
    "parallel_",
    "pg_stat_statements.",
    "track_",
    "vacuum_",
];

const POSTGRES: [&str; 71] = [
    "array_nulls",
    "bytea_output",
    "client_connection_check_interval",
    "client_min_messages",
    "compute_query_id",
    "datestyle",
    "default_statistics_target",
    "default_toast_compression",
    "effective_cache_size",
    "effective_io_concurrency",
    "from_collapse_limit",
    "fsync",
    "full_page_writes",
    "gin_fuzzy_search_limit",
    "gin_pending_list_limit",
    "huge_pages",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "intervalstyle",
    "io_combine_limit",
    "io_method",
    "io_workers",
    "jit",
    "join_collapse_limit",
    "lock_timeout",
    "log_checkpoints",
    "log_lock_waits",
    "log_statement",
    "log_temp_files",
    "logical_decoding_work_mem",
    "max_connections",
    "max_locks_per_transaction",
    "max_logical_replication_workers",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "max_pred_locks_per_page",
    "max_pred_locks_per_relation",
    "max_pred_locks_per_transaction",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_slot_wal_keep_size",
    "max_stack_depth",
    "max_wal_senders",
    "max_wal_size",
    "max_worker_processes",
    "min_dynamic_shared_memory",
    "min_parallel_index_scan_size",
    "min_parallel_table_scan_size",
    "min_wal_size",
    "old_snapshot_threshold",
    "plan_cache_mode",
    "random_page_cost",
    "recursive_worktable_factor",
    "reserved_connections",
    "row_security",
    "seq_page_cost",
    "shared_buffers",
    "statement_timeout",
    "superuser_reserved_connections",
    "synchronous_commit",
    "synchronize_seqscans",
    "temp_buffers",
    "temp_file_limit",
    "timezone",
    "transaction_timeout",
    "wal_buffers",
    "wal_compression",
    "wal_level",
    "wal_writer_delay",
    "work_mem",
];

const REDIS_FAMILIES: [&str; 14] = [
    "active-defrag-",
    "client-output-buffer-limit",
    "hash-max-",
    "hll-",
    "io-threads",
    "lazyfree-",
    "lfu-",
    "list-",
    "maxmemory",
    "repl-backlog-",
    "set-max-",
    "slowlog-",
    "stream-node-",
    "zset-max-",
];

const REDIS: [&str; 27] = [
    "activedefrag",
    "activerehashing",
    "aof-use-rdb-preamble",
    "appendfsync",
    "appendonly",
    "auto-aof-rewrite-min-size",
    "auto-aof-rewrite-percentage",
    "busy-reply-threshold",
    "client-query-buffer-limit",
    "databases",
    "dynamic-hz",
    "hz",
    "jemalloc-bg-thread",
    "latency-monitor-threshold",
    "latency-tracking",
    "lua-time-limit",
    "maxclients",
    "no-appendfsync-on-rewrite",
    "notify-keyspace-events",
    "proto-max-bulk-len",
    "rdbcompression",
    "save",
    "tcp-backlog",
    "tcp-keepalive",
    "timeout",
    "tracking-table-max-keys",
    "stop-writes-on-bgsave-error",
];

/// Whether a scenario may set this without `--allow-exec`, on a server of this kind that throng starts.
pub(super) fn is_harmless(kind: TargetKind, setting: &str) -> bool {
    let name = setting.to_ascii_lowercase();
    let known = |families: &[&str], names: &[&str]| {
        names.contains(&name.as_str()) || families.iter().any(|family| name.starts_with(family))
    };
    match kind {
        TargetKind::Postgres => known(&POSTGRES_FAMILIES, &POSTGRES),
        TargetKind::Redis => known(&REDIS_FAMILIES, &REDIS),
        TargetKind::Http => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_starts_programs_or_reaches_files_is_not_among_them() {
        for setting in [
            "archive_command",
            "archive_cleanup_command",
            "recovery_end_command",
            "restore_command",
            "ssl_passphrase_command",
            "archive_library",
            "session_preload_libraries",
            "local_preload_libraries",
            "dynamic_library_path",
            "extension_control_path",
            "jit_provider",
            "krb_server_keyfile",
            "ssl_key_file",
            "log_directory",
            "log_destination",
            "primary_conninfo",
            "temp_tablespaces",
            "include_dir",
            "ident_file",
            "stats_temp_directory",
            "zero_damaged_pages",
        ] {
            assert!(!is_harmless(TargetKind::Postgres, setting), "{setting}");
        }
        for setting in [
            "aclfile",
            "appenddirname",
            "appendfilename",
            "dbfilename",
            "enable-module-command",
            "replicaof",
            "tls-port",
            "include",
        ] {
            assert!(!is_harmless(TargetKind::Redis, setting), "{setting}");
        }
    }

    #[test]
    fn the_usual_ones_are() {
        for setting in
            ["work_mem", "Shared_Buffers", "max_wal_size", "enable_seqscan", "autovacuum_naptime", "track_io_timing"]
        {
            assert!(is_harmless(TargetKind::Postgres, setting), "{setting}");
        }
        for setting in ["maxmemory", "maxmemory-policy", "io-threads", "save"] {
            assert!(is_harmless(TargetKind::Redis, setting), "{setting}");
        }
    }
}
