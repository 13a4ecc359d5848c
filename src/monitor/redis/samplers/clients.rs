//! Who is connected, the monitor among them.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "clients",
    period: Duration::from_secs(1),
    keep: Keep::Series,
    section: "clients",
    lines: None,
    fields: &[
        Field::gauge("connected", "connected_clients"),
        Field::gauge("blocked", "blocked_clients"),
        Field::gauge("tracking", "tracking_clients"),
        Field::gauge("most", "maxclients"),
        Field::gauge("largest_output_buffer_bytes", "client_recent_max_output_buffer"),
    ],
    since: 0,
};
