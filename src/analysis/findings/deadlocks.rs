//! Transactions that waited for each other until the server ended one of them.

use std::collections::BTreeSet;

use super::found::Found;
use super::rule::{Look, Rule};
use super::{operations, statements};
use crate::record::{EvidenceUnit, Record, Severity, Sighting, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "deadlocks",
    // A deadlock lasts for `deadlock_timeout`, and all that while others queue up behind it.
    explains: &["lock_contention", "slow_statement", "pool_too_small", "rollbacks", "failed_operations"],
    look: Look::Source { kind: "postgres", samplers: &["database", "locks"], look },
};

/// The class of errors that a transaction meets which was ended for it.
const CLASS: &str = "sqlstate 40P01";

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let counted = source.series("database").map_or(0.0, |database| database.counter("deadlocks"));
    if counted < 1.0 {
        return Vec::new();
    }
    let pair = pair(source.sightings("locks"));
    let met = operations::errors(record, (&source.kind, &source.name), CLASS);
    let errors: u64 = met.iter().map(|error| error.count).sum();
    let mut found = Found::new(Severity::Critical, 1.0, title(pair.as_ref()))
        .figure("deadlocks", counted, EvidenceUnit::Count)
        .figure("of them, a second", counted / record.duration_s.max(f64::MIN_POSITIVE), EvidenceUnit::PerS)
        .figure("operations' errors", errors as f64, EvidenceUnit::Count);
    if errors == 0 {
        found = found.said("no operation of this target is known to have failed: transactions were tried again");
    }
    let mut concerned = operations::names(met.iter().map(|error| error.operation.as_str()));
    if let Some(pair) = &pair {
        found = found.said(format!("met waiting for each other: {} and {}", pair.first, pair.second));
        concerned.extend(operations::asking(record, &source.name, pair.labels.iter().map(String::as_str)));
    }
    let concerned: BTreeSet<String> = concerned.into_iter().collect();
    let both = pair.map_or_else(
        || "have all transactions".to_owned(),
        |pair| match pair.first == pair.second {
            true => format!("have the transactions of {}", pair.first),
            false => format!("have the transactions of {} and {}", pair.first, pair.second),
        },
    );
    let action = format!(
        "{both} take their rows in one order, by id say: SELECT … WHERE id IN (…) ORDER BY id FOR UPDATE first"
    );
    vec![found.action(action).operations(concerned.into_iter().collect())]
}

/// Two statements that waited for each other.
#[derive(Debug, PartialEq)]
struct Pair {
    first: String,
    second: String,
    labels: Vec<String>,
}

fn title(pair: Option<&Pair>) -> String {
    match pair {
        Some(pair) if pair.first == pair.second => format!("executions of {} deadlock with each other", pair.first),
        Some(pair) => format!("{} and {} deadlock", pair.first, pair.second),
        None => "transactions deadlock".to_owned(),
    }
}

/// The two that were most often met waiting for each other.
fn pair(met: &[Sighting]) -> Option<Pair> {
    let mutual = met.iter().filter(|sighting| sighting.names.get("mutual").is_some_and(|mutual| mutual == "yes"));
    let sighting = mutual.max_by_key(|sighting| sighting.count)?;
    let (blocked, blocker) = (side(sighting, "blocked"), side(sighting, "blocker"));
    let mut labels: Vec<String> = [blocked.1, blocker.1].into_iter().flatten().collect();
    labels.dedup();
    // In the order of their names, so that reports of two runs can be compared.
    let (first, second) = if blocked.0 <= blocker.0 { (blocked.0, blocker.0) } else { (blocker.0, blocked.0) };
    Some(Pair { first, second, labels })
}

/// What one side of a wait is called, and its label.
fn side(sighting: &Sighting, side: &str) -> (String, Option<String>) {
    let label = sighting.names.get(&format!("{side}_label")).cloned();
    let text = sighting.names.get(side).map(String::as_str).unwrap_or_default();
    (format!("`{}`", label.clone().unwrap_or_else(|| statements::shortened(text))), label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::ErrorRecord;

    fn record(deadlocks: f64) -> Record {
        let mut record = made::record();
        record.operations.push(made::operation("other", &["credit"]));
        record.errors = vec![ErrorRecord {
            class: "sqlstate 40P01 deadlock_detected".into(),
            operation: "op".into(),
            persona: "p".into(),
            phase: "main".into(),
            count: 3,
            first_message: String::new(),
        }];
        made::tell(&mut record, "database", made::series(&[("deadlocks", deadlocks)], &[]));
        let both = [
            (
                &[
                    ("mutual", "yes"),
                    ("blocked", "b"),
                    ("blocked_label", "debit"),
                    ("blocker", "a"),
                    ("blocker_label", "credit"),
                ][..],
                4,
                &[][..],
            ),
            (
                &[
                    ("mutual", "yes"),
                    ("blocked", "a"),
                    ("blocked_label", "credit"),
                    ("blocker", "b"),
                    ("blocker_label", "debit"),
                ][..],
                5,
                &[][..],
            ),
            (&[("mutual", "no"), ("blocked", "a"), ("blocked_label", "credit"), ("blocker", "c")][..], 9, &[][..]),
        ];
        made::tell(&mut record, "locks", made::sightings(&both));
        record
    }

    #[test]
    fn both_statements_and_all_operations_are_named() {
        let [finding] = made::found(&RULE, &record(3.0)).try_into().expect("one finding");
        assert_eq!(finding.title, "`credit` and `debit` deadlock");
        assert_eq!(finding.operations, ["op", "other"]);
    }

    #[test]
    fn errors_of_another_target_are_not_its_own() {
        let mut record = record(3.0);
        let mut other = made::target("postgres");
        other.name = "archive".into();
        record.targets.push(other);
        record.operations[0].statements[0].target = "archive".into();
        let [finding] = look(&record, &record.monitor.sources[0]).try_into().expect("one finding");
        assert_eq!(finding.of_rule("deadlocks").operations, ["other"]);
    }

    #[test]
    fn waiting_alone_is_no_deadlock() {
        assert!(made::found(&RULE, &record(0.0)).is_empty());
    }
}
