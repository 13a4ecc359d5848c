//! What the data and the server's own buffers take.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "memory",
    period: Duration::from_secs(1),
    keep: Keep::Series,
    section: "memory",
    lines: None,
    fields: &[
        Field::gauge("used_bytes", "used_memory"),
        Field::gauge("resident_bytes", "used_memory_rss"),
        Field::gauge("peak_bytes", "used_memory_peak"),
        Field::gauge("data_bytes", "used_memory_dataset"),
        // 0 where there is no limit.
        Field::gauge("limit_bytes", "maxmemory"),
        Field::gauge("fragmentation_ratio", "mem_fragmentation_ratio"),
        Field::gauge("clients_bytes", "mem_clients_normal"),
        Field::gauge("replication_bytes", "mem_replication_backlog"),
        Field::gauge("aof_buffer_bytes", "mem_aof_buffer"),
        Field::gauge("frees_pending", "lazyfree_pending_objects"),
        Field::gauge("defragmenting", "active_defrag_running"),
    ],
    since: 0,
};
