//! Statements that take long in the server and are run often.

use super::found::Found;
use super::rule::{Look, Rule};
use super::{operations, statements};
use crate::analysis::wasteful_scans;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, PlanRecord, Record, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "slow_statement",
    explains: &["pool_too_small", "host_cpu"],
    look: Look::Source { kind: "postgres", samplers: &["statements"], look },
};

/// Statements told of, those first that took the most time.
const MOST: usize = 3;

/// From this part of its time on that it waits for locks, those who hold them make a statement slow, not its plan.
const LOCKED: f64 = 0.5;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let seen = statements::seen(source);
    let (mean_us, calls) = (record.preset.limit(Limit::StatementMean), record.preset.limit(Limit::StatementCalls));
    let slow = seen.iter().filter(|statement| statement.calls >= calls && statement.mean_us() >= mean_us);
    slow.take(MOST)
        .map(|statement| {
            let share = statements::share_of(statement.time_us, &seen);
            let found = Found::of_share(share, format!("statement {} is slow", statement.name()))
                .beyond("mean time in the server", statement.mean_us(), Limit::StatementMean, record)
                .beyond("calls", statement.calls, Limit::StatementCalls, record)
                .figure("of the time of all statements", share, EvidenceUnit::Share)
                .operations(operations::asking(record, &source.name, [statement.label]));
            if let Some(locked) = statements::lock_share(source, statement.label).filter(|locked| *locked >= LOCKED) {
                return waiting(found, locked, &statement.name());
            }
            let own = |plan: &&PlanRecord| plan.target == source.name && plan.label == statement.label;
            planned(found, record.plans.iter().find(own), &statement.name())
        })
        .collect()
}

/// One whose plan is not to blame.
fn waiting(found: Found, locked: f64, name: &str) -> Found {
    found.figure("of its time it waits for locks of others", locked, EvidenceUnit::Share).action(format!(
        "shorten the transactions that hold the locks which {name} waits for, see `lock_contention`: its plan is not to blame"
    ))
}

/// With the plan, if it was taken, and what follows from it.
fn planned(found: Found, plan: Option<&PlanRecord>, name: &str) -> Found {
    let Some((plan, root)) = plan.and_then(|plan| Some((plan, plan.plan.as_ref()?))) else {
        return found.action(format!(
            "look at its plan, `--explain slow` or EXPLAIN (ANALYZE, BUFFERS) of {name}, for what it reads and does not return"
        ));
    };
    let found = found.said(format!("its plan is {}", root.shape()));
    match wasteful_scans(plan).into_iter().find_map(|scan| scan.index()) {
        Some(index) => found.action(format!("{index} its plan reads all of the table to find little")),
        None => found.action(format!("look at the plan of {name} in the report for the step that takes its time")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::{Condition, PlanNode};

    fn found(calls: f64, mean_us: f64) -> Vec<crate::record::FindingRecord> {
        let mut record = made::record();
        let rows = vec![
            made::statement("find", "SELECT", calls, calls * mean_us),
            made::statement("quick", "SELECT", 1000.0, 100_000.0),
        ];
        made::tell(&mut record, "statements", made::rows(rows));
        made::found(&RULE, &record)
    }

    #[test]
    fn a_slow_statement_is_named_with_its_operations() {
        let [finding] = found(100.0, 20_000.0).try_into().expect("one finding");
        assert_eq!(
            (finding.title.as_str(), finding.operations.as_slice()),
            ("statement `find` is slow", &["op".to_owned()][..])
        );
        assert!((finding.score - 2.0 / 2.1).abs() < 1e-9, "{finding:?}");
    }

    #[test]
    fn one_that_waits_for_locks_is_sent_to_those_who_hold_them() {
        let action = |waiting| {
            let mut record = made::record();
            made::tell(&mut record, "statements", made::rows(vec![made::statement("find", "UPDATE", 100.0, 9e6)]));
            let totals = [("Lock:transactionid", "find", waiting), ("CPU", "find", 10)];
            made::tell(&mut record, "activity", made::profile(&totals));
            let [finding] = made::found(&RULE, &record).try_into().expect("one finding");
            finding.action
        };
        assert!(action(90).contains("see `lock_contention`"), "{}", action(90));
        assert!(action(2).starts_with("look at its plan"), "{}", action(2));
    }

    #[test]
    fn its_plan_is_evidence_where_it_was_taken() {
        let mut record = made::record();
        made::tell(&mut record, "statements", made::rows(vec![made::statement("find", "SELECT", 100.0, 9e6)]));
        let scan = PlanNode {
            node: "Seq Scan".into(),
            relation: Some("orders".into()),
            conditions: vec![Condition { kind: "Filter".into(), text: "(day = ?)".into() }],
            cost: 9_000.0,
            ..PlanNode::default()
        };
        let (target, label) = ("postgres".to_owned(), "find".to_owned());
        record.plans = vec![PlanRecord { target, label, plan: Some(scan), ..PlanRecord::default() }];
        let [finding] = made::found(&RULE, &record).try_into().expect("one finding");
        assert!(finding.evidence.iter().any(|evidence| evidence.label == "its plan is Seq Scan on orders"));
        assert!(finding.action.starts_with("CREATE INDEX ON orders (day);"), "{}", finding.action);
    }

    #[test]
    fn a_quick_or_a_rare_statement_is_not() {
        assert!(found(100.0, 19_999.0).is_empty());
        assert!(found(99.0, 50_000.0).is_empty());
    }
}
