//! Snapshots and the append-only file: what goes on, and whether the last ones failed.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "persistence",
    period: Duration::from_secs(1),
    keep: Keep::Series,
    section: "persistence",
    lines: None,
    fields: &[
        Field::gauge("loading", "loading"),
        Field::gauge("save_in_progress", "rdb_bgsave_in_progress"),
        Field::gauge("rewrite_in_progress", "aof_rewrite_in_progress"),
        Field::failure("last_save_failed", "rdb_last_bgsave_status"),
        Field::failure("last_rewrite_failed", "aof_last_bgrewrite_status"),
        Field::failure("last_write_failed", "aof_last_write_status"),
        Field::gauge("changes_since_save", "rdb_changes_since_last_save"),
        Field::gauge("last_save_took_s", "rdb_last_bgsave_time_sec"),
        Field::gauge("copied_on_write_bytes", "current_cow_size"),
        Field::gauge("last_save_copied_on_write_bytes", "rdb_last_cow_size"),
        Field::counter("saves", "rdb_saves"),
        Field::counter("rewrites", "aof_rewrites"),
        Field::gauge("aof_bytes", "aof_current_size"),
        Field::counter("fsyncs_delayed", "aof_delayed_fsync"),
    ],
    since: 0,
};
