//! Keys that Redis throws out because it has no memory left for others, or refuses.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "redis_evictions",
    explains: &["redis_hits", "redis_memory", "redis_slow"],
    look: Look::Source { kind: "redis", samplers: &["stats", "memory"], look },
};

/// What a write meets where nothing may be thrown out.
const CLASS: &str = "redis OOM";

/// From this rate on it is a storm.
const STORM_PER_S: f64 = 100.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let (Some(stats), Some(memory)) = (source.series("stats"), source.series("memory")) else { return Vec::new() };
    let evicted = stats.counter("evicted_keys");
    let refused: u64 = record
        .errors
        .iter()
        .filter(|error| record.is_measured(&error.phase) && error.class.starts_with(CLASS))
        .map(|error| error.count)
        .sum();
    if evicted == 0.0 && refused == 0 {
        return Vec::new();
    }
    let per_s = evicted / (source.to_s - source.from_s).max(1.0);
    let severity = if refused > 0 || per_s >= STORM_PER_S { Severity::Critical } else { Severity::Warning };
    let gauge = |name: &str| memory.gauges.get(name).copied().unwrap_or_default();
    let limit = gauge("limit_bytes").last;
    let policy = source.fact("settings", "maxmemory-policy").unwrap_or("not known");
    let title = match refused {
        0 => format!("{} throws keys out for want of memory", source.name),
        _ => format!("{} refuses writes for want of memory", source.name),
    };
    let mut found = Found::new(severity, 0.9, title)
        .figure("keys evicted", evicted, EvidenceUnit::Count)
        .figure("evicted", per_s, EvidenceUnit::PerS)
        .figure("memory in use, at most", gauge("used_bytes").max, EvidenceUnit::Bytes)
        .figure("maxmemory", limit, EvidenceUnit::Bytes)
        .said(format!("maxmemory-policy is {policy}"));
    if refused > 0 {
        found = found.figure("writes refused", refused as f64, EvidenceUnit::Count);
    }
    let mut felt = operations::failing(record, CLASS);
    felt.extend(operations::using(record, &source.name));
    felt.sort();
    felt.dedup();
    let megabytes = (2.0 * limit / f64::from(1 << 20)).ceil().max(1.0);
    let action = format!(
        "CONFIG SET maxmemory {megabytes:.0}mb, or let keys expire sooner (EX) so that none is thrown out that is wanted"
    );
    vec![found.action(action).operations(felt)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(evicted: f64) -> Vec<crate::record::FindingRecord> {
        let mut record = made::record();
        (record.targets, record.monitor.sources) = (vec![made::target("redis")], vec![made::source("redis")]);
        made::tell(&mut record, "stats", made::series(&[("evicted_keys", evicted)], &[]));
        let memory = [("used_bytes", 4e6), ("limit_bytes", f64::from(4 << 20))];
        made::tell(&mut record, "memory", made::series(&[], &memory));
        made::found(&RULE, &record)
    }

    #[test]
    fn a_storm_is_told_twice_the_memory() {
        let [finding] = found(5_000.0).try_into().expect("one finding");
        assert_eq!(finding.severity, Severity::Critical);
        assert!(finding.action.starts_with("CONFIG SET maxmemory 8mb"), "{}", finding.action);
    }

    #[test]
    fn where_nothing_was_thrown_out_nothing_is_said() {
        assert!(found(0.0).is_empty());
    }
}
