//! How large each table is, with its indexes.
//!
//! Apart from `tables`, because a size can't be had while somebody holds the table exclusively.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "table_sizes",
    period: Duration::from_secs(60),
    keep: Keep::Rows { most: 300, idle: true },
    fields: &[
        Field::key("table", "quote_ident(n.nspname) || '.' || quote_ident(c.relname)"),
        Field::gauge("heap_bytes", "pg_relation_size(c.oid)"),
        Field::gauge("index_bytes", "pg_indexes_size(c.oid)"),
        Field::gauge("total_bytes", "pg_total_relation_size(c.oid)"),
    ],
    versions: Versions::Server,
    // The largest, as far as the catalogue knows, or the statistics where nothing was analyzed yet: fifty rows a page.
    from: |_| {
        Some(
            "FROM (SELECT * FROM pg_class WHERE relkind IN ('r', 'm') \
             ORDER BY greatest(relpages, pg_stat_get_live_tuples(oid) / 50) DESC, oid) c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%' LIMIT 300"
                .to_owned(),
        )
    },
    tidy: as_it_is,
};
