//! Keys by database.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "keyspace",
    period: Duration::from_secs(5),
    keep: Keep::Rows { most: 20, idle: true },
    section: "keyspace",
    lines: Some(("db", "database")),
    fields: &[
        Field::gauge("keys", "keys"),
        Field::gauge("keys_that_expire", "expires"),
        Field::gauge("mean_time_to_live_ms", "avg_ttl"),
    ],
    since: 0,
};
