//! Look-ups in Redis that find nothing.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "redis_hits", explains: &[], look: Look::Source { kind: "redis", samplers: &["stats"], look } };

/// Fewer look-ups than this have no share.
const LOOK_UPS: f64 = 1_000.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(stats) = source.series("stats") else { return Vec::new() };
    let (hits, misses) = (stats.counter("keyspace_hits"), stats.counter("keyspace_misses"));
    let share = hits / (hits + misses).max(1.0);
    if hits + misses < LOOK_UPS || share >= record.preset.limit(Limit::RedisHits) {
        return Vec::new();
    }
    let (evicted, expired) = (stats.counter("evicted_keys"), stats.counter("expired_keys"));
    let found = Found::new(Severity::Warning, 1.0 - share, format!("look-ups in {} find too little", source.name))
        .beyond("of look-ups found something", share, Limit::RedisHits, record)
        .figure("look-ups that found nothing", misses, EvidenceUnit::Count)
        .figure("keys that expired", expired, EvidenceUnit::Count)
        .figure("keys that were evicted", evicted, EvidenceUnit::Count)
        .action(match (evicted, expired) {
            (evicted, _) if evicted > 0.0 => "give Redis more memory: what is wanted again was thrown out",
            (_, expired) if expired >= 0.1 * misses => "let keys live longer: many expire before they are wanted again",
            _ => "fill the cache before measuring (--warm-up 30s), or keep in it what is looked up and not there",
        })
        .operations(operations::using(record, &source.name));
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(hits: f64, misses: f64) -> usize {
        let mut record = made::record();
        (record.targets, record.monitor.sources) = (vec![made::target("redis")], vec![made::source("redis")]);
        let counters = [("keyspace_hits", hits), ("keyspace_misses", misses)];
        made::tell(&mut record, "stats", made::series(&counters, &[]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn a_cache_that_misses_is_found_and_one_that_hits_or_was_not_asked_is_not() {
        assert_eq!((found(5_000.0, 5_000.0), found(9_000.0, 1_000.0), found(10.0, 90.0)), (1, 0, 0));
    }
}
