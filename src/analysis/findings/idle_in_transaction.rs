//! Sessions that keep a transaction open and do nothing in it.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "idle_in_transaction",
    explains: &["lock_contention", "held_snapshot", "dead_rows", "pool_too_small"],
    look: Look::Source { kind: "postgres", samplers: &["sessions"], look },
};

/// So many times their mean users think at most, as a rule.
const THINKING: f64 = 3.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(sessions) = source.series("sessions") else { return Vec::new() };
    let gauge = |name: &str| sessions.gauges.get(name).copied().unwrap_or_default();
    let longest_us = gauge("oldest_idle_in_transaction_s").max * 1e6;
    let thinks = record.load.groups.iter().flat_map(|group| &group.personas).map(|persona| persona.think_mean_us);
    // A transaction may reach over thinking; that is the scenario's wish.
    let explained_us = THINKING * thinks.fold(0.0, f64::max);
    if longest_us <= record.preset.limit(Limit::IdleInTransaction).max(explained_us) {
        return Vec::new();
    }
    let share = gauge("idle_in_transaction").mean / gauge("connections").mean.max(1.0);
    vec![
        Found::new(Severity::Warning, share, "sessions idle in their transactions")
            .beyond("the longest idling that was met", longest_us, Limit::IdleInTransaction, record)
            .figure("of sessions did so at a time, in the mean", share, EvidenceUnit::Share)
            .figure("the longest transaction", gauge("oldest_transaction_s").max * 1e6, EvidenceUnit::Us)
            .action("end transactions before waiting for anything else, and set idle_in_transaction_session_timeout"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::{GroupRecord, PersonaLoad};

    fn found(longest_s: f64, think_mean_us: f64) -> usize {
        let mut record = made::record();
        let gauges = [("oldest_idle_in_transaction_s", longest_s), ("idle_in_transaction", 2.0), ("connections", 10.0)];
        made::tell(&mut record, "sessions", made::series(&[], &gauges));
        let persona = PersonaLoad {
            name: "p".into(),
            mix: true,
            share_percent: 100.0,
            users: Some(1),
            think: String::new(),
            think_mean_us,
        };
        record.load.groups = vec![GroupRecord { personas: vec![persona], ..GroupRecord::default() }];
        made::found(&RULE, &record).len()
    }

    #[test]
    fn idling_longer_than_anybody_thinks_is_found() {
        assert_eq!(found(1.5, 100_000.0), 1);
    }

    #[test]
    fn short_idling_and_thinking_are_not() {
        assert_eq!(found(0.5, 100_000.0) + found(1.5, 1_000_000.0), 0);
    }
}
