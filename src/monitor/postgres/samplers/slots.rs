//! How much of the log replication slots hold back.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use super::replication::POSITION;
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "slots",
    period: Duration::from_secs(10),
    keep: Keep::Rows { most: 50, idle: true },
    fields: &[
        Field::key("slot", "slot_name"),
        Field::note("type", "slot_type"),
        Field::note("active", "active"),
        Field::note("wal_status", "wal_status"),
        Field::gauge("retained_bytes", "pg_wal_lsn_diff(now.position, restart_lsn)"),
    ],
    versions: Versions::Server,
    from: |_| Some(format!("FROM pg_replication_slots CROSS JOIN {POSITION}")),
    tidy: as_it_is,
};
