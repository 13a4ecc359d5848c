//! The replicas, and how much is sent to them.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "replication",
    period: Duration::from_secs(5),
    keep: Keep::Series,
    section: "replication",
    lines: None,
    fields: &[
        Field::gauge("replicas", "connected_slaves"),
        Field::counter("bytes_replicated", "master_repl_offset"),
        Field::gauge("seconds_since_primary", "master_last_io_seconds_ago"),
    ],
    since: 0,
};
