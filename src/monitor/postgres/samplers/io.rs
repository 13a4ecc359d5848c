//! Reading and writing by who did it, on what, and why: PostgreSQL 16 and newer, in bytes from 18 on.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "io",
    period: Duration::from_secs(10),
    keep: Keep::Rows { most: 100, idle: false },
    fields: &[
        Field::key("who", "backend_type"),
        Field::key("object", "object"),
        Field::key("context", "context"),
        Field::counted_since("stats_reset"),
        Field::counter(
            "operations",
            "coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(fsyncs, 0)",
        ),
        Field::counter("reads", "reads"),
        Field::counter("read_bytes", "reads * op_bytes").until(17),
        Field::counter("read_bytes", "read_bytes").since(18),
        Field::counter("read_time_us", "read_time * 1000"),
        Field::counter("writes", "writes"),
        Field::counter("write_bytes", "writes * op_bytes").until(17),
        Field::counter("write_bytes", "write_bytes").since(18),
        Field::counter("write_time_us", "write_time * 1000"),
        Field::counter("extends", "extends"),
        Field::counter("extend_bytes", "extends * op_bytes").until(17),
        Field::counter("extend_bytes", "extend_bytes").since(18),
        Field::counter("extend_time_us", "extend_time * 1000"),
        Field::counter("hits", "hits"),
        Field::counter("evictions", "evictions"),
        Field::counter("reuses", "reuses"),
        Field::counter("fsyncs", "fsyncs"),
        Field::counter("fsync_time_us", "fsync_time * 1000"),
    ],
    versions: Versions::Server,
    from: |server| (server.major >= 16).then(|| "FROM pg_stat_io".to_owned()),
    tidy: as_it_is,
};
