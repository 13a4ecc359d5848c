//! How each index was used; those that were not, too.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "indexes",
    period: Duration::from_secs(10),
    keep: Keep::Rows { most: 500, idle: true },
    fields: &[
        // As SQL has them, so that they can be put into a statement as they are.
        Field::key("index", "quote_ident(s.schemaname) || '.' || quote_ident(s.indexrelname)"),
        Field::note("table", "quote_ident(s.schemaname) || '.' || quote_ident(s.relname)"),
        Field::note("unique", "i.indisunique"),
        Field::note("primary", "i.indisprimary"),
        Field::note("exclusion", "i.indisexclusion"),
        Field::note("valid", "i.indisvalid"),
        Field::counted_since("(SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())"),
        Field::note("definition", "pg_get_indexdef(s.indexrelid)"),
        Field::counter("scans", "s.idx_scan"),
        Field::counter("entries_read", "s.idx_tup_read"),
        Field::counter("rows_fetched", "s.idx_tup_fetch"),
        Field::counter("blocks_hit", "io.idx_blks_hit"),
        Field::counter("blocks_read", "io.idx_blks_read"),
        // As of the last vacuum or analyze: its true size can't be had while somebody holds the table exclusively.
        Field::gauge("estimated_bytes", "c.relpages::bigint * current_setting('block_size')::bigint"),
    ],
    versions: Versions::Server,
    from: |_| {
        Some(
            "FROM pg_stat_user_indexes s JOIN pg_statio_user_indexes io USING (indexrelid) \
             JOIN pg_index i USING (indexrelid) JOIN pg_class c ON c.oid = indexrelid"
                .to_owned(),
        )
    },
    tidy: as_it_is,
};
