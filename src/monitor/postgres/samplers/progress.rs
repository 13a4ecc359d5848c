//! What the server does beside its work: vacuum, analyze, building indexes, copying, backups.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use super::super::server::Server;
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "progress",
    period: Duration::from_secs(2),
    keep: Keep::Sightings,
    fields: &[
        Field::key("command", "p.command"),
        Field::key("relation", "p.relid::regclass"),
        Field::key("by", "coalesce(a.backend_type, 'unknown')"),
        Field::note("phase", "p.phase"),
        Field::gauge("done", "p.done"),
        Field::gauge("of", "p.total"),
    ],
    versions: Versions::Server,
    from: |server| {
        Some(format!("FROM ({}) p LEFT JOIN pg_stat_activity a USING (pid)", views(server).join(" UNION ALL ")))
    },
    tidy: as_it_is,
};

/// A query for each view that the server has, all with the same columns.
fn views(server: &Server) -> Vec<String> {
    let of = |view: &str, command: &str, phase: &str, done: &str, total: &str| {
        format!(
            "SELECT pid, {command} AS command, relid, {phase} AS phase, {done}::float8 AS done, {total}::float8 AS total \
             FROM pg_stat_progress_{view} WHERE datname = current_database()"
        )
    };
    let mut views = vec![
        of("vacuum", "'VACUUM'", "phase", "heap_blks_scanned", "heap_blks_total"),
        of("analyze", "'ANALYZE'", "phase", "sample_blks_scanned", "sample_blks_total"),
        of("create_index", "command", "phase", "blocks_done", "blocks_total"),
        of("cluster", "command", "phase", "heap_blks_scanned", "heap_blks_total"),
        "SELECT pid, 'BASE BACKUP', 0, phase, backup_streamed::float8, backup_total::float8 \
         FROM pg_stat_progress_basebackup"
            .to_owned(),
    ];
    if server.major >= 14 {
        views.push(of("copy", "command", "type", "bytes_processed", "bytes_total"));
    }
    views
}
