//! Transactions that were undone.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "rollbacks", explains: &[], look: Look::Source { kind: "postgres", samplers: &["database"], look } };

/// Fewer transactions than this have no share.
const TRANSACTIONS: f64 = 100.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(database) = source.series("database") else { return Vec::new() };
    let rollbacks = database.counter("rollbacks");
    let commits = (database.counter("commits") - database.counter("monitor_commits")).max(0.0);
    let share = rollbacks / (commits + rollbacks).max(1.0);
    if commits + rollbacks < TRANSACTIONS || share <= record.preset.limit(Limit::RollbackShare) {
        return Vec::new();
    }
    let failing = operations::those(record, |operation| operation.failed > 0 || operation.retries > 0);
    let errors = operations::errors(record, (&source.kind, &source.name), "sqlstate");
    let worst = errors.first();
    let mut found = Found::new(Severity::Warning, share, "many transactions are rolled back")
        .beyond("of transactions were rolled back", share, Limit::RollbackShare, record)
        .figure("rollbacks", rollbacks, EvidenceUnit::Count);
    if let Some(worst) = worst {
        found = found.said(format!("the most frequent error of statements is {}, {} times", worst.class, worst.count));
    }
    let action = match worst {
        Some(worst) => format!(
            "look into {} of `{}` first: what is rolled back was done for nothing",
            worst.class, worst.operation
        ),
        None => "find out why the scenario rolls back: what is rolled back was done for nothing".to_owned(),
    };
    vec![found.action(action).operations(failing)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::WARM_UP;

    fn found(commits: f64, rollbacks: f64) -> usize {
        let mut record = made::record();
        let counters = [("commits", commits), ("rollbacks", rollbacks), ("monitor_commits", 50.0)];
        made::tell(&mut record, "database", made::series(&counters, &[]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn the_most_frequent_error_is_one_of_a_measured_phase() {
        let mut record = made::record();
        made::tell(&mut record, "database", made::series(&[("commits", 850.0), ("rollbacks", 200.0)], &[]));
        record.errors = vec![
            made::errors("sqlstate 40P01 deadlock_detected", WARM_UP, 90),
            made::errors("sqlstate 23505 unique_violation", "main", 80),
        ];
        let [finding] = made::found(&RULE, &record).try_into().expect("one finding");
        assert!(finding.action.starts_with("look into sqlstate 23505 unique_violation of `op`"), "{}", finding.action);
    }

    #[test]
    fn more_than_a_tenth_is_found_and_less_is_not() {
        assert_eq!((found(850.0, 200.0), found(1_050.0, 100.0), found(60.0, 50.0)), (1, 0, 0));
    }
}
