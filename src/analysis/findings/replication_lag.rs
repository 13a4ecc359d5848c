//! Replicas that are behind.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "replication_lag",
    explains: &[],
    look: Look::Source { kind: "postgres", samplers: &["replication"], look },
};

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    source.rows("replication").iter().filter_map(|replica| judge(record, replica)).collect()
}

fn judge(record: &Record, replica: &RowRecord) -> Option<Found> {
    let most = |name: &str| replica.gauges.get(name).map_or(0.0, |gauge| gauge.max);
    let lag_us = most("replay_lag_us");
    if lag_us <= record.preset.limit(Limit::ReplicationLag) {
        return None;
    }
    let found = Found::new(Severity::Warning, 0.4, format!("replica `{}` is behind", replica.name("replica")))
        .beyond("behind at most", lag_us, Limit::ReplicationLag, record)
        .figure("log not yet replayed, at most", most("lag_bytes"), EvidenceUnit::Bytes)
        .figure("of it not yet sent", most("unsent_bytes"), EvidenceUnit::Bytes)
        .action(match most("unsent_bytes") > 0.5 * most("lag_bytes") {
            true => "look at the network between the two: most of the log was not even sent",
            false => "give the replica a faster disk or a free core: it replays the log by a single process",
        });
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_replica_that_is_far_behind_is_found_and_one_that_follows_is_not() {
        let found = |lag_us| {
            let mut record = made::record();
            let gauges = [("replay_lag_us", lag_us), ("lag_bytes", 1e6)];
            made::tell(&mut record, "replication", made::rows(vec![made::row(&[("replica", "r")], &[], &gauges)]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(6e6), found(1e6)), (1, 0));
    }
}
