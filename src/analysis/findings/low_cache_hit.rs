//! Blocks that PostgreSQL had to ask the operating system for, over the whole run.

use super::cold_cache;
use super::found::Found;
use super::rule::{Look, Rule};
use super::statements;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "low_cache_hit",
    explains: &["slow_statement", "pool_too_small", "host_disk"],
    look: Look::Source { kind: "postgres", samplers: &["database"], look },
};

/// Fewer blocks than this are what a server reads of its own catalogue.
const BLOCKS: f64 = 10_000.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(database) = source.series("database") else { return Vec::new() };
    let (hit, read) = (database.counter("blocks_hit"), database.counter("blocks_read"));
    let share = hit / (hit + read).max(1.0);
    let enough = record.preset.limit(Limit::CacheHit);
    // A cache that had filled by the end is large enough.
    let misses = cold_cache::misses(database, source.from_s);
    let filled = misses.len() >= cold_cache::POINTS && misses.last().is_some_and(|last| 1.0 - last >= enough);
    if hit + read < BLOCKS || share >= enough || filled {
        return Vec::new();
    }
    let read_us = database.counter("block_read_time_us");
    let waited = statements::waited_share(source, read_us).unwrap_or(1.0 - share);
    let buffers = source.fact("settings", "shared_buffers").unwrap_or("not known");
    let mut found = Found::of_share(waited, "PostgreSQL's cache is too small for what is read")
        .beyond("of blocks were in the cache", share, Limit::CacheHit, record)
        .figure("blocks read", read, EvidenceUnit::Count)
        .said(format!("shared_buffers is {buffers}"));
    if read_us > 0.0 {
        found = found.figure("time spent reading, over all sessions", read_us, EvidenceUnit::Us);
    }
    let action =
        format!("raise shared_buffers above {buffers}, to a quarter of the machine's memory at first, then restart");
    vec![found.action(action)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(hit: f64, read: f64) -> usize {
        let mut record = made::record();
        made::tell(&mut record, "database", made::series(&[("blocks_hit", hit), ("blocks_read", read)], &[]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn many_blocks_from_outside_the_cache_are_found() {
        assert_eq!(found(90_000.0, 10_000.0), 1);
    }

    #[test]
    fn few_are_not_nor_is_a_server_that_read_little() {
        assert_eq!(found(99_000.0, 1_000.0), 0);
        assert_eq!(found(900.0, 900.0), 0);
    }
}
