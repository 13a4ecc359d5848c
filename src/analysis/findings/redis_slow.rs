//! Commands that keep Redis, which does one thing at a time, from everything else.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "redis_slow",
    explains: &[],
    look: Look::Source { kind: "redis", samplers: &["commands", "slowlog"], look },
};

/// Commands told of, the longest first.
const MOST: usize = 3;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let longest = |entry: &RowRecord| entry.gauges.get("longest_us").map_or(0.0, |gauge| gauge.max);
    let mut slow: Vec<_> =
        source.rows("slowlog").iter().filter(|entry| !entry.name("command").starts_with('(')).collect();
    slow.retain(|entry| longest(entry) >= record.preset.limit(Limit::RedisCommand));
    slow.sort_by(|a, b| longest(b).total_cmp(&longest(a)));
    let total_us: f64 = source.rows("commands").iter().map(|command| command.counter("time_us")).sum();
    slow.into_iter()
        .take(MOST)
        .map(|entry| {
            let (name, key) = (entry.name("command"), entry.name("key"));
            let what = if key.is_empty() { format!("`{name}`") } else { format!("`{name}` on `{key}`") };
            let share = (entry.counter("time_us") / total_us.max(1.0)).min(1.0);
            Found::new(Severity::Warning, share, format!("{what} holds {} up", source.name))
                .beyond("the longest", longest(entry), Limit::RedisCommand, record)
                .figure("entries in the slow log", entry.counter("entries"), EvidenceUnit::Count)
                .figure("of the time of all commands", share, EvidenceUnit::Share)
                .action(format!("ask for less at a time than {what} does: SCAN instead of KEYS, parts of large values, UNLINK instead of DEL"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_command_that_takes_long_is_found_and_a_quick_one_is_not() {
        let found = |us| {
            let mut record = made::record();
            (record.targets, record.monitor.sources) = (vec![made::target("redis")], vec![made::source("redis")]);
            let command = made::row(&[("command", "keys")], &[("time_us", 2.0 * us)], &[]);
            made::tell(&mut record, "commands", made::rows(vec![command]));
            let counters = [("entries", 1.0), ("time_us", us)];
            let entry = made::row(&[("command", "keys"), ("key", "*")], &counters, &[("longest_us", us)]);
            made::tell(&mut record, "slowlog", made::rows(vec![entry]));
            made::found(&RULE, &record)
        };
        let [finding] = found(50_000.0).try_into().expect("one finding");
        assert_eq!((finding.title.as_str(), finding.score), ("`keys` on `*` holds redis up", 0.5));
        assert!(found(5_000.0).is_empty());
    }
}
