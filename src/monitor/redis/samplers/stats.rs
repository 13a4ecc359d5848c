//! What the server has done.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "stats",
    period: Duration::from_secs(1),
    keep: Keep::Series,
    section: "stats",
    lines: None,
    fields: &[
        // What the server counts the monitor's own commands among.
        Field::own("monitor_commands"),
        Field::counter("commands", "total_commands_processed"),
        Field::gauge("commands_per_s", "instantaneous_ops_per_sec"),
        Field::counter("keyspace_hits", "keyspace_hits"),
        Field::counter("keyspace_misses", "keyspace_misses"),
        Field::counter("evicted_keys", "evicted_keys"),
        Field::counter("expired_keys", "expired_keys"),
        Field::counter("evicted_clients", "evicted_clients"),
        Field::counter("eviction_over_limit_us", "total_eviction_exceeded_time").times(1e3),
        Field::counter("connections", "total_connections_received"),
        Field::counter("connections_rejected", "rejected_connections"),
        Field::counter("error_replies", "total_error_replies"),
        Field::counter("bytes_received", "total_net_input_bytes"),
        Field::counter("bytes_sent", "total_net_output_bytes"),
        Field::counter("reads", "total_reads_processed"),
        Field::counter("writes", "total_writes_processed"),
        Field::counter("forks", "total_forks"),
        Field::gauge("latest_fork_us", "latest_fork_usec"),
        Field::counter("full_syncs", "sync_full"),
    ],
    since: 0,
};
