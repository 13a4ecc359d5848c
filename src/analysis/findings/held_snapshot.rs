//! An old snapshot that keeps vacuum from removing anything.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "held_snapshot",
    explains: &["dead_rows"],
    look: Look::Source { kind: "postgres", samplers: &["sessions"], look },
};

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(sessions) = source.series("sessions") else { return Vec::new() };
    let most = |name: &str| sessions.gauges.get(name).map_or(0.0, |gauge| gauge.max);
    let age = most("oldest_snapshot_xids");
    if age <= record.preset.limit(Limit::SnapshotAge) {
        return Vec::new();
    }
    let found = Found::new(Severity::Warning, 0.5, "an old snapshot keeps vacuum from its work")
        .beyond("transactions since the oldest snapshot", age, Limit::SnapshotAge, record)
        .figure("the longest transaction", most("oldest_transaction_s") * 1e6, EvidenceUnit::Us)
        .action("end the longest transaction sooner: SELECT pid, xact_start, query FROM pg_stat_activity ORDER BY xact_start;");
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn an_old_snapshot_is_found_and_a_young_one_is_not() {
        let found = |age| {
            let mut record = made::record();
            made::tell(&mut record, "sessions", made::series(&[], &[("oldest_snapshot_xids", age)]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(200_000.0), found(100.0)), (1, 0));
    }
}
