//! How far behind each replica is.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "replication",
    period: Duration::from_secs(5),
    keep: Keep::Rows { most: 50, idle: true },
    fields: &[
        Field::key("replica", "application_name"),
        Field::key("address", "client_addr"),
        Field::note("state", "state"),
        Field::note("synchronous", "sync_state"),
        Field::gauge("unsent_bytes", "pg_wal_lsn_diff(now.position, sent_lsn)"),
        Field::gauge("lag_bytes", "pg_wal_lsn_diff(now.position, replay_lsn)"),
        Field::gauge("write_lag_us", "extract(epoch FROM write_lag) * 1000000"),
        Field::gauge("flush_lag_us", "extract(epoch FROM flush_lag) * 1000000"),
        Field::gauge("replay_lag_us", "extract(epoch FROM replay_lag) * 1000000"),
    ],
    versions: Versions::Server,
    from: |_| Some(format!("FROM pg_stat_replication CROSS JOIN {POSITION}")),
    tidy: as_it_is,
};

/// Where the log ends; a replica has replicas of its own.
pub(super) const POSITION: &str = "(SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() \
    ELSE pg_current_wal_lsn() END AS position) now";
