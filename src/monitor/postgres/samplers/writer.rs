//! Checkpoints, and who writes dirty buffers back. From PostgreSQL 17 on checkpoints have a view of their own.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "writer",
    period: Duration::from_secs(5),
    keep: Keep::Series,
    fields: &[
        Field::counted_since("b.stats_reset").until(16),
        Field::counted_since("b.stats_reset || ' ' || c.stats_reset").since(17),
        Field::counter("checkpoints_timed", "checkpoints_timed").until(16),
        Field::counter("checkpoints_timed", "c.num_timed").since(17),
        Field::counter("checkpoints_requested", "checkpoints_req").until(16),
        Field::counter("checkpoints_requested", "c.num_requested").since(17),
        Field::counter("checkpoints_done", "c.num_done").since(18),
        Field::counter("checkpoint_write_time_us", "checkpoint_write_time * 1000").until(16),
        Field::counter("checkpoint_write_time_us", "c.write_time * 1000").since(17),
        Field::counter("checkpoint_sync_time_us", "checkpoint_sync_time * 1000").until(16),
        Field::counter("checkpoint_sync_time_us", "c.sync_time * 1000").since(17),
        Field::counter("buffers_checkpoint", "buffers_checkpoint").until(16),
        Field::counter("buffers_checkpoint", "c.buffers_written").since(17),
        Field::counter("buffers_clean", "b.buffers_clean"),
        Field::counter("clean_stopped", "b.maxwritten_clean"),
        // From 17 on what sessions write themselves is in `io`.
        Field::counter("buffers_backend", "buffers_backend").until(16),
        Field::counter("buffers_backend_fsync", "buffers_backend_fsync").until(16),
        Field::counter("buffers_allocated", "b.buffers_alloc"),
    ],
    versions: Versions::Server,
    from: |server| {
        Some(match server.major {
            ..17 => "FROM pg_stat_bgwriter b".to_owned(),
            _ => "FROM pg_stat_bgwriter b CROSS JOIN pg_stat_checkpointer c".to_owned(),
        })
    },
    tidy: as_it_is,
};
