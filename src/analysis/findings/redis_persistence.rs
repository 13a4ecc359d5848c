//! A Redis whose saving to disk keeps it from its work: forks, late syncs, failed saves.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "redis_persistence",
    explains: &["redis_slow"],
    look: Look::Source { kind: "redis", samplers: &["persistence", "stats"], look },
};

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let (Some(saving), Some(stats)) = (source.series("persistence"), source.series("stats")) else { return Vec::new() };
    let most = |name: &str| saving.gauges.get(name).map_or(0.0, |gauge| gauge.max);
    let failed = ["last_save_failed", "last_rewrite_failed", "last_write_failed"].iter().any(|name| most(name) > 0.0);
    // The time of the last fork is that of one during the run only if there was one.
    let forked = stats.counter("forks") > 0.0;
    let fork_us = if forked { stats.gauges.get("latest_fork_us").map_or(0.0, |gauge| gauge.max) } else { 0.0 };
    let delayed = saving.counter("fsyncs_delayed");
    let blocked = fork_us > record.preset.limit(Limit::RedisCommand);
    if !failed && !blocked && delayed == 0.0 {
        return Vec::new();
    }
    let (severity, title) = match failed {
        true => (Severity::Critical, format!("{} can't save its data", source.name)),
        false => (Severity::Warning, format!("saving to disk holds {} up", source.name)),
    };
    let mut found = Found::new(severity, 0.5, title)
        .figure("saves over the run", saving.counter("saves"), EvidenceUnit::Count)
        .figure("syncs that were late", delayed, EvidenceUnit::Count);
    if forked {
        found = found.beyond("the last fork took", fork_us, Limit::RedisCommand, record);
    }
    vec![found.action(match (failed, blocked) {
        (true, _) => {
            "look into Redis's log and at the room on its disk: with stop-writes-on-bgsave-error it refuses writes"
        }
        (_, true) => "save less often (CONFIG SET save) or on a replica; turn transparent huge pages off",
        _ => "CONFIG SET no-appendfsync-on-rewrite yes, or give the append-only file a disk of its own",
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(fork_us: f64, forks: f64, failed: f64) -> usize {
        let mut record = made::record();
        (record.targets, record.monitor.sources) = (vec![made::target("redis")], vec![made::source("redis")]);
        made::tell(&mut record, "stats", made::series(&[("forks", forks)], &[("latest_fork_us", fork_us)]));
        made::tell(&mut record, "persistence", made::series(&[], &[("last_save_failed", failed)]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn a_long_fork_or_a_save_that_failed_is_found() {
        assert_eq!((found(80_000.0, 1.0, 0.0), found(100.0, 1.0, 1.0)), (1, 1));
    }

    #[test]
    fn a_short_fork_or_one_of_before_is_not() {
        assert_eq!((found(500.0, 1.0, 0.0), found(80_000.0, 0.0, 0.0)), (0, 0));
    }
}
