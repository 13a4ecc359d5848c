//! What was read from and written to each table.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "tables",
    period: Duration::from_secs(10),
    keep: Keep::Rows { most: 300, idle: false },
    fields: &[
        Field::key("table", "quote_ident(t.schemaname) || '.' || quote_ident(t.relname)"),
        Field::note("last_vacuum", "greatest(last_vacuum, last_autovacuum)"),
        Field::note("last_analyze", "greatest(last_analyze, last_autoanalyze)"),
        Field::counted_since("(SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())"),
        // Those come first of which the most was done.
        Field::counter("rows_touched", "seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del"),
        Field::counter("sequential_scans", "seq_scan"),
        Field::counter("rows_read_sequentially", "seq_tup_read"),
        Field::counter("index_scans", "coalesce(idx_scan, 0)"),
        Field::counter("rows_fetched_by_index", "coalesce(idx_tup_fetch, 0)"),
        Field::counter("rows_inserted", "n_tup_ins"),
        Field::counter("rows_updated", "n_tup_upd"),
        Field::counter("rows_updated_hot", "n_tup_hot_upd"),
        Field::counter("rows_updated_to_new_page", "n_tup_newpage_upd").since(16),
        Field::counter("rows_deleted", "n_tup_del"),
        Field::counter("heap_blocks_hit", "heap_blks_hit"),
        Field::counter("heap_blocks_read", "heap_blks_read"),
        Field::counter("index_blocks_hit", "coalesce(idx_blks_hit, 0)"),
        Field::counter("index_blocks_read", "coalesce(idx_blks_read, 0)"),
        Field::counter("vacuums", "vacuum_count + autovacuum_count"),
        Field::counter("analyzes", "analyze_count + autoanalyze_count"),
        Field::gauge("live_rows", "n_live_tup"),
        Field::gauge("dead_rows", "n_dead_tup"),
        Field::gauge("rows_changed_since_analyze", "n_mod_since_analyze"),
    ],
    versions: Versions::Server,
    // A table that nothing was ever done to begins at zero whenever it comes.
    from: |_| {
        Some(
            "FROM pg_stat_user_tables t JOIN pg_statio_user_tables io USING (relid) \
             WHERE seq_scan + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del > 0"
                .to_owned(),
        )
    },
    tidy: as_it_is,
};
