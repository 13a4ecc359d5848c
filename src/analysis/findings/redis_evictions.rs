//! Keys that Redis throws out because it has no memory left for others, or refuses.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "redis_evictions",
    explains: &["redis_hits", "redis_memory", "redis_slow", "failed_operations"],
    look: Look::Source { kind: "redis", samplers: &["stats", "memory"], look },
};

/// What a write meets where nothing may be thrown out.
const CLASS: &str = "redis OOM";

/// From this rate on it is a storm.
const STORM_PER_S: f64 = 100.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let (Some(stats), Some(memory)) = (source.series("stats"), source.series("memory")) else { return Vec::new() };
    let evicted = stats.counter("evicted_keys");
    let refused = refused(record, source);
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
    let mut felt = operations::using(record, &source.name);
    if refused > 0 {
        felt.extend(
            operations::errors(record, (&source.kind, &source.name), CLASS).iter().map(|error| error.operation.clone()),
        );
        found = found.figure("writes refused", refused as f64, EvidenceUnit::Count);
    }
    let expire = "let keys expire sooner (EX) so that none is thrown out that is wanted";
    let megabytes = (2.0 * limit / f64::from(1 << 20)).ceil();
    let action = match limit > 0.0 {
        true => format!("CONFIG SET maxmemory {megabytes:.0}mb, or {expire}"),
        // It has no limit of its own, and must not be given one.
        false => expire.to_owned(),
    };
    vec![found.action(action).operations(operations::names(felt))]
}

/// Writes that this server refused: as it counts them itself, which one before 6.2 does not, or as users met them.
fn refused(record: &Record, source: &SourceRecord) -> u64 {
    match source.sampler("errors") {
        Some(_) => {
            let own = source.rows("errors").iter().filter(|row| row.name("error") == "OOM");
            own.map(|row| row.counter("count")).sum::<f64>() as u64
        }
        None => operations::errors(record, (&source.kind, &source.name), CLASS).iter().map(|error| error.count).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(evicted: f64) -> Vec<crate::record::FindingRecord> {
        made::found(&RULE, &run(evicted, f64::from(4 << 20)))
    }

    fn run(evicted: f64, limit: f64) -> Record {
        let mut record = made::record();
        (record.targets, record.monitor.sources) = (vec![made::target("redis")], vec![made::source("redis")]);
        made::tell(&mut record, "stats", made::series(&[("evicted_keys", evicted)], &[]));
        let memory = [("used_bytes", 4e6), ("limit_bytes", limit)];
        made::tell(&mut record, "memory", made::series(&[], &memory));
        record
    }

    #[test]
    fn only_the_redis_that_refused_writes_is_blamed_for_it() {
        let mut record = run(0.0, f64::from(4 << 20));
        record.errors = vec![made::errors("redis OOM", "main", 7)];
        assert_eq!(look(&record, &record.monitor.sources[0]).len(), 1, "the only one");
        let mut other = made::target("redis");
        other.name = "cache".into();
        record.targets.push(other);
        assert!(look(&record, &record.monitor.sources[0]).is_empty(), "not known which");
        made::tell(&mut record, "errors", made::rows(vec![made::row(&[("error", "OOM")], &[("count", 7.0)], &[])]));
        let [finding] = look(&record, &record.monitor.sources[0]).try_into().expect("one finding");
        assert_eq!(finding.of_rule("redis_evictions").title, "redis refuses writes for want of memory");
    }

    #[test]
    fn one_without_a_limit_is_given_none() {
        let [finding] = made::found(&RULE, &run(5_000.0, 0.0)).try_into().expect("one finding");
        assert!(!finding.action.contains("CONFIG SET"), "{}", finding.action);
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
