//! A cache that filled while it was measured: many reads at the beginning, few at the end.

use super::found::Found;
use super::rule::{Look, Rule};
use super::statements;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, SeriesRecord, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "cold_cache",
    explains: &["low_cache_hit", "slow_statement", "pool_too_small", "host_disk"],
    look: Look::Source { kind: "postgres", samplers: &["database"], look },
};

/// Points that a course needs.
pub(super) const POINTS: usize = 3;

/// Fewer blocks read than this did not slow anybody down.
const BLOCKS: f64 = 1_000.0;

/// The share of misses must fall to this part of what it was.
const FALL: f64 = 0.5;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(database) = source.series("database") else { return Vec::new() };
    let misses = misses(database, source.from_s);
    let (Some(first), Some(last)) = (misses.first(), misses.last()) else { return Vec::new() };
    let read = database.counter("blocks_read");
    let cold = misses.len() >= POINTS && 1.0 - first < record.preset.limit(Limit::CacheHit) && *last <= FALL * first;
    if !cold || read < BLOCKS {
        return Vec::new();
    }
    let waited = statements::waited_share(source, database.counter("block_read_time_us")).unwrap_or(*first);
    let found = Found::new(Severity::Warning, waited.max(0.5), "the cache was cold when the measuring began")
        .beyond("of blocks were in the cache at the beginning", 1.0 - first, Limit::CacheHit, record)
        .figure("of blocks at the end", 1.0 - last, EvidenceUnit::Share)
        .figure("blocks read", read, EvidenceUnit::Count)
        .action("measure a warm cache: --warm-up 30s, or pg_prewarm of the tables at the end of `setup`");
    vec![found]
}

/// The share of blocks that were not in the cache, point by point, where any was asked for.
pub(super) fn misses(database: &SeriesRecord, from_s: f64) -> Vec<f64> {
    let points = |name: &str| database.points.get(name).cloned().unwrap_or_default();
    let (hit, read) = (points("blocks_hit"), points("blocks_read"));
    let all = database.at_s.iter().zip(hit.iter().zip(&read)).filter(|(at_s, _)| **at_s > from_s);
    all.filter_map(|(_, (hit, read))| Some((read.as_ref()?, hit.as_ref()? + read.as_ref()?)))
        .filter(|(_, asked)| *asked > 0.0)
        .map(|(read, asked)| read / asked)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::SamplerData;

    fn found(read: &[f64]) -> usize {
        let mut record = made::record();
        let figures = [("blocks_hit", 50_000.0), ("blocks_read", read.iter().sum())];
        let SamplerData::Series(mut series) = made::series(&figures, &[]) else { unreachable!("it is one") };
        series.at_s = (0..=read.len()).map(|second| second as f64).collect();
        let points = |rises: Vec<f64>| std::iter::once(None).chain(rises.into_iter().map(Some)).collect();
        series.points.insert("blocks_read".into(), points(read.to_vec()));
        series.points.insert("blocks_hit".into(), points(vec![10_000.0; read.len()]));
        made::tell(&mut record, "database", SamplerData::Series(series));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn reads_that_become_fewer_are_a_cache_that_fills() {
        assert_eq!(found(&[5_000.0, 2_000.0, 100.0]), 1);
    }

    #[test]
    fn reads_that_stay_or_never_were_are_not() {
        assert_eq!(found(&[5_000.0, 5_000.0, 5_000.0]), 0);
        assert_eq!(found(&[100.0, 50.0, 10.0]), 0);
        assert_eq!(found(&[5_000.0, 100.0]), 0);
    }
}
