//! What each statement took in the server: `pg_stat_statements`, whose columns go by the extension's version.

use std::time::Duration;

use super::super::field::Field;
use super::super::link::MARK;
use super::super::query::{Query, Versions, as_it_is};
use super::super::server::Server;
use crate::monitor::sampler::Keep;

/// The texts are in a file that each look reads as a whole, so there are few.
const PERIOD: Duration = Duration::from_secs(30);

pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "statements",
    period: PERIOD,
    keep: Keep::Rows { most: 300, idle: false },
    fields: &[
        Field::key("query_id", "queryid"),
        Field::key("role", "pg_get_userbyid(userid)"),
        Field::key("top_level", "toplevel").since(9),
        Field::note("query", "left(query, 4000)"),
        // Before 1.11 a reset of all is known, from 1.9 on, and that of one statement is not.
        Field::counted_since("info.stats_reset").since(9).until(10),
        Field::counted_since("stats_since").since(11),
        Field::counter("execution_time_us", "total_exec_time * 1000"),
        Field::counter("planning_time_us", "total_plan_time * 1000"),
        Field::counter("calls", "calls"),
        Field::counter("plans", "plans"),
        Field::counter("rows", "rows"),
        Field::counter("shared_blocks_hit", "shared_blks_hit"),
        Field::counter("shared_blocks_read", "shared_blks_read"),
        Field::counter("shared_blocks_dirtied", "shared_blks_dirtied"),
        Field::counter("shared_blocks_written", "shared_blks_written"),
        Field::counter("local_blocks_read", "local_blks_read"),
        Field::counter("local_blocks_written", "local_blks_written"),
        Field::counter("temp_blocks_read", "temp_blks_read"),
        Field::counter("temp_blocks_written", "temp_blks_written"),
        Field::counter("block_read_time_us", "blk_read_time * 1000").until(10),
        Field::counter("block_read_time_us", "shared_blk_read_time * 1000").since(11),
        Field::counter("block_write_time_us", "blk_write_time * 1000").until(10),
        Field::counter("block_write_time_us", "shared_blk_write_time * 1000").since(11),
        Field::counter("temp_read_time_us", "temp_blk_read_time * 1000").since(10),
        Field::counter("temp_write_time_us", "temp_blk_write_time * 1000").since(10),
        Field::counter("wal_records", "wal_records"),
        Field::counter("wal_full_page_images", "wal_fpi"),
        Field::counter("wal_bytes", "wal_bytes"),
        Field::counter("wal_buffers_full", "wal_buffers_full").since(12),
        Field::counter(
            "jit_time_us",
            "(jit_generation_time + jit_inlining_time + jit_optimization_time + jit_emission_time) * 1000",
        )
        .since(10),
    ],
    versions: Versions::Statements,
    from: |server| {
        let view = match server.statements {
            Some(9 | 10) => {
                let info = self::view(server, "pg_stat_statements_info")?;
                format!("{} CROSS JOIN {info} info", self::view(server, "pg_stat_statements")?)
            }
            _ => self::view(server, "pg_stat_statements")?,
        };
        // Not the monitor's own, where it could not leave itself out, nor others' that it may not tell apart.
        Some(format!(
            "FROM {view} WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND queryid IS NOT NULL AND strpos(query, '{MARK}') = 0"
        ))
    },
    tidy: as_it_is,
};

/// How many statements had to make room for others: if many, what was counted of them is lost.
pub(in crate::monitor::postgres) static EVICTIONS: Query = Query {
    name: "statement_evictions",
    period: PERIOD,
    keep: Keep::Series,
    fields: &[Field::counted_since("stats_reset"), Field::counter("evictions", "dealloc")],
    versions: Versions::Statements,
    from: |server| {
        let has_it = server.statements.is_some_and(|minor| minor >= 9);
        view(server, "pg_stat_statements_info").filter(|_| has_it).map(|view| format!("FROM {view}"))
    },
    tidy: as_it_is,
};

fn view(server: &Server, name: &str) -> Option<String> {
    server.lacks_statements().is_none().then(|| format!("{}.{name}", server.statements_schema))
}
