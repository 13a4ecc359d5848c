//! Transactions that the server would not let through, because others had changed what they saw.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, Record, Severity};

pub(super) static RULE: Rule =
    Rule { id: "serialization_failures", explains: &["rollbacks", "failed_operations"], look: Look::Run(look) };

const CLASS: &str = "sqlstate 40001";

/// From this share of operations on users feel it.
const FELT: f64 = 0.01;

fn look(record: &Record) -> Vec<Found> {
    let targets = record.targets.iter().filter(|target| target.kind == "postgres");
    targets.filter_map(|target| judge(record, &target.name)).collect()
}

fn judge(record: &Record, name: &str) -> Option<Found> {
    let target = ("postgres", name);
    let errors = operations::errors(record, target, CLASS);
    let failures: u64 = errors.iter().map(|error| error.count).sum();
    let retrying = record.measured_operations().filter(|operation| {
        operation.retries > 0 && operations::asks_only(record, target, &operation.name, &operation.persona)
    });
    let (mut retries, mut concerned) = (0, Vec::new());
    for operation in retrying {
        retries += operation.retries;
        concerned.push(operation.name.as_str());
    }
    // A transaction is tried again after a deadlock or a serialization failure, so what deadlocks do not account for is the latter.
    let database = record.monitor.source("postgres", name).and_then(|source| source.series("database"));
    let deadlocks = database.map_or(0.0, |database| database.counter("deadlocks"));
    let retried = (retries as f64 - deadlocks).max(0.0);
    let retried = if database.is_some() || failures > 0 { retried } else { 0.0 };
    if failures == 0 && retried == 0.0 {
        return None;
    }
    let share = (failures as f64).max(retried) / record.totals.attempts().max(1) as f64;
    let severity = match (failures, share) {
        (1.., _) if share >= FELT => Severity::Critical,
        _ if share >= FELT => Severity::Warning,
        _ => Severity::Note,
    };
    concerned.extend(errors.iter().map(|error| error.operation.as_str()));
    let found = Found::new(severity, share, "transactions fail to serialize")
        .figure("of operations met it, or were tried again", share, EvidenceUnit::Share)
        .figure("errors", failures as f64, EvidenceUnit::Count)
        .figure("transactions tried again", retried, EvidenceUnit::Count)
        .action("read with FOR UPDATE what is then written, or use READ COMMITTED where that suffices; keep `retry` on")
        .operations(operations::names(concerned));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn retries_beyond_the_deadlocks_are_found() {
        let mut record = made::record();
        record.operations[0].retries = 30;
        made::tell(&mut record, "database", made::series(&[("deadlocks", 10.0)], &[]));
        let [finding] = made::found(&RULE, &record).try_into().expect("one finding");
        assert_eq!((finding.severity, finding.operations.as_slice()), (Severity::Warning, &["op".to_owned()][..]));
    }

    #[test]
    fn of_two_targets_only_the_one_that_was_asked_is_blamed() {
        let mut record = made::record();
        let mut other = made::target("postgres");
        other.name = "archive".into();
        record.targets.push(other);
        record.errors = vec![made::errors("sqlstate 40001 serialization_failure", "main", 30)];
        assert!(judge(&record, "postgres").is_some() && judge(&record, "archive").is_none());
    }

    #[test]
    fn retries_after_deadlocks_are_not_and_nor_is_nothing() {
        let mut record = made::record();
        assert!(made::found(&RULE, &record).is_empty());
        record.operations[0].retries = 10;
        assert!(made::found(&RULE, &record).is_empty(), "without a watch nobody knows after what");
        made::tell(&mut record, "database", made::series(&[("deadlocks", 10.0)], &[]));
        assert!(made::found(&RULE, &record).is_empty());
    }
}
