//! Transactions that the server would not let through, because others had changed what they saw.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, Record, Severity};

pub(super) static RULE: Rule = Rule { id: "serialization_failures", explains: &["rollbacks"], look: Look::Run(look) };

const CLASS: &str = "sqlstate 40001";

/// From this share of operations on users feel it.
const FELT: f64 = 0.01;

fn look(record: &Record) -> Vec<Found> {
    let errors =
        record.errors.iter().filter(|error| record.is_measured(&error.phase) && error.class.starts_with(CLASS));
    let failures: u64 = errors.map(|error| error.count).sum();
    // A transaction is tried again after a deadlock or a serialization failure, so what deadlocks do not account for is the latter.
    let deadlocks: f64 = record
        .monitor
        .sources
        .iter()
        .filter_map(|source| source.series("database"))
        .map(|d| d.counter("deadlocks"))
        .sum();
    let retried = (record.totals.retries as f64 - deadlocks).max(0.0);
    let watched = record.monitor.sources.iter().any(|source| source.series("database").is_some());
    let retried = if watched || failures > 0 { retried } else { 0.0 };
    if failures == 0 && retried == 0.0 {
        return Vec::new();
    }
    let share = (failures as f64).max(retried) / record.totals.attempts().max(1) as f64;
    let severity = match (failures, share) {
        (1.., _) if share >= FELT => Severity::Critical,
        _ if share >= FELT => Severity::Warning,
        _ => Severity::Note,
    };
    let mut concerned = operations::failing(record, CLASS);
    concerned.extend(operations::those(record, |operation| operation.retries > 0));
    concerned.sort();
    concerned.dedup();
    let found = Found::new(severity, share, "transactions fail to serialize")
        .figure("of operations met it, or were tried again", share, EvidenceUnit::Share)
        .figure("errors", failures as f64, EvidenceUnit::Count)
        .figure("transactions tried again", retried, EvidenceUnit::Count)
        .action("read with FOR UPDATE what is then written, or use READ COMMITTED where that suffices; keep `retry` on")
        .operations(concerned);
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn retries_beyond_the_deadlocks_are_found() {
        let mut record = made::record();
        record.totals.retries = 30;
        record.operations[0].retries = 30;
        made::tell(&mut record, "database", made::series(&[("deadlocks", 10.0)], &[]));
        let [finding] = made::found(&RULE, &record).try_into().expect("one finding");
        assert_eq!((finding.severity, finding.operations.as_slice()), (Severity::Warning, &["op".to_owned()][..]));
    }

    #[test]
    fn retries_after_deadlocks_are_not_and_nor_is_nothing() {
        let mut record = made::record();
        assert!(made::found(&RULE, &record).is_empty());
        record.totals.retries = 10;
        assert!(made::found(&RULE, &record).is_empty(), "without a watch nobody knows after what");
        made::tell(&mut record, "database", made::series(&[("deadlocks", 10.0)], &[]));
        assert!(made::found(&RULE, &record).is_empty());
    }
}
