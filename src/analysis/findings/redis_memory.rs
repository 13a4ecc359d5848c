//! A Redis that is near the end of its memory.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "redis_memory", explains: &[], look: Look::Source { kind: "redis", samplers: &["memory"], look } };

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(memory) = source.series("memory") else { return Vec::new() };
    let gauge = |name: &str| memory.gauges.get(name).copied().unwrap_or_default();
    let (used, limit) = (gauge("used_bytes"), gauge("limit_bytes").last);
    // Without a limit it takes what the machine has.
    let share = if limit > 0.0 { used.max / limit } else { 0.0 };
    if share <= record.preset.limit(Limit::RedisMemory) {
        return Vec::new();
    }
    let found = Found::new(Severity::Warning, 0.3, format!("{} is near its maxmemory", source.name))
        .beyond("of maxmemory in use, at most", share, Limit::RedisMemory, record)
        .figure("memory in use, at most", used.max, EvidenceUnit::Bytes)
        .figure("more at the end than at the beginning", (used.last - used.first).max(0.0), EvidenceUnit::Bytes)
        .figure("maxmemory", limit, EvidenceUnit::Bytes)
        .action("raise maxmemory, or let keys expire (EX), before Redis throws keys out or refuses writes");
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_redis_that_is_nearly_full_is_found_and_one_without_a_limit_is_not() {
        let found = |used, limit| {
            let mut record = made::record();
            (record.targets, record.monitor.sources) = (vec![made::target("redis")], vec![made::source("redis")]);
            let memory = [("used_bytes", used), ("limit_bytes", limit)];
            made::tell(&mut record, "memory", made::series(&[], &memory));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(9e6, 1e7), found(5e6, 1e7), found(9e6, 0.0)), (1, 0, 0));
    }
}
