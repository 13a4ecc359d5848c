//! Findings: what went wrong, shown by figures, and what to do about it.
//!
//! A rule is a file with a `RULE`, a pure function of the record, and a line in [`registry`]. What a rule needs of the
//! monitor it names, so that the record tells those that found nothing from those that could not look. [`rank`] puts
//! causes before what follows from them. Nothing here formats a figure: reports do.

mod changed_plan;
mod checkpoints;
mod cold_cache;
mod connections;
mod course;
mod dead_rows;
mod deadlocks;
mod drift;
mod failed_operations;
mod found;
mod full_page_images;
mod generator;
mod held_log;
mod held_snapshot;
mod host_cpu;
mod host_disk;
mod host_impact;
mod host_memory;
mod idle_in_transaction;
mod local;
mod lock_contention;
mod lost_connections;
mod low_cache_hit;
mod low_hot_share;
#[cfg(test)]
pub(super) mod made;
mod missing_index;
mod operations;
mod pool_too_large;
mod pool_too_small;
mod rank;
mod redis_evictions;
mod redis_hits;
mod redis_memory;
mod redis_persistence;
mod redis_slow;
mod registry;
mod replication_lag;
mod rollbacks;
mod rule;
mod serialization_failures;
mod shared_host;
mod slow_statement;
mod sql;
mod starved;
mod statements;
mod temp_spill;
mod unasked_statuses;
mod unused_index;
mod wal_buffers;

use crate::record::Record;

/// Fills in what was found, and which rules looked. Nothing is said of a run in which no operation came to an end.
pub(super) fn fill(record: &mut Record) {
    if record.totals.operations_finished() == 0 {
        return;
    }
    let (findings, rules) = registry::look(record);
    record.findings = rank::ranked(findings);
    record.rules = rules;
}
