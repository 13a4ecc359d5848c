//! Operations that failed, by what they met.

use std::collections::{BTreeMap, BTreeSet};

use super::course::when;
use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity};

pub(super) static RULE: Rule = Rule { id: "failed_operations", explains: &[], look: Look::Run(look) };

/// Classes told of, the most frequent first.
const MOST: usize = 3;

/// What one class of error hit.
#[derive(Default)]
struct Met<'a> {
    count: u64,
    operations: BTreeSet<&'a str>,
}

fn look(record: &Record) -> Vec<Found> {
    let failed = record.totals.operations_failed;
    let share = failed as f64 / record.totals.operations_finished().max(1) as f64;
    let classes = classes(record);
    let Some((worst, _)) = classes.first() else { return Vec::new() };
    if failed == 0 || share < record.preset.limit(Limit::ErrorsExcellent) {
        return Vec::new();
    }
    let severity = match share >= record.preset.limit(Limit::ErrorsGood) {
        true => Severity::Critical,
        false => Severity::Warning,
    };
    let found = Found::new(severity, share, format!("operations fail, most of them with {worst}"))
        .beyond("of operations failed", share, Limit::ErrorsExcellent, record)
        .action(action(worst))
        .operations(operations::those(record, |operation| operation.failed > 0));
    let found = classes.iter().take(MOST).fold(found, |found, (class, met)| {
        let names: Vec<&str> = met.operations.iter().copied().take(MOST).collect();
        found.figure(format!("{class}, met by {}", names.join(", ")), met.count as f64, EvidenceUnit::Count)
    });
    vec![match when(record, |interval| interval.operations_failed > 0) {
        Some(when) => found.said(when),
        None => found,
    }]
}

/// The classes of errors that operations met in measured phases, the most frequent first.
fn classes(record: &Record) -> Vec<(&str, Met<'_>)> {
    let mut classes: BTreeMap<&str, Met<'_>> = BTreeMap::new();
    for error in record.errors.iter().filter(|error| record.is_measured(&error.phase)) {
        let met = classes.entry(&error.class).or_default();
        met.count += error.count;
        met.operations.insert(&error.operation);
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(_, met)| std::cmp::Reverse(met.count));
    classes
}

fn action(class: &str) -> String {
    let first = "see its first message under the errors of the report";
    match class {
        "connection lost" => "look into the log of the target for who ended the connections, and when".to_owned(),
        "pool timeout" => "give the pool more `connections`, or users a longer `acquire_timeout`".to_owned(),
        "timeout" => {
            "find out what the operations wait for, in their breakdown and the waits; a longer limit only hides it"
                .to_owned()
        }
        "check failed" => format!("the answers are wrong rather than late: {first}"),
        class if class.starts_with("sqlstate 23") => {
            format!("have the scenario write what the constraint allows, or catch the error where it belongs: {first}")
        }
        class => format!("look into {class}: {first}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::WARM_UP;

    fn record(failed: u64) -> Record {
        let mut record = made::record();
        (record.totals.operations_succeeded, record.totals.operations_failed) = (1000 - failed, failed);
        record.operations[0].failed = failed;
        record.errors = vec![
            made::errors("sqlstate 23505 unique_violation", "main", failed),
            made::errors("timeout", WARM_UP, 900),
        ];
        record
    }

    #[test]
    fn what_failed_most_is_named_with_who_met_it() {
        let [finding] = made::found(&RULE, &record(60)).try_into().expect("one finding");
        assert_eq!(finding.title, "operations fail, most of them with sqlstate 23505 unique_violation");
        assert_eq!((finding.severity, finding.operations.as_slice()), (Severity::Critical, &["op".to_owned()][..]));
        let labels: Vec<_> = finding.evidence.iter().map(|evidence| evidence.label.as_str()).collect();
        assert!(labels.contains(&"sqlstate 23505 unique_violation, met by op"), "{labels:?}");
        assert!(!labels.iter().any(|label| label.contains("timeout")), "of the warm-up: {labels:?}");
    }

    #[test]
    fn a_few_failures_are_what_the_preset_calls_excellent() {
        assert!(made::found(&RULE, &record(9)).is_empty());
        assert!(made::found(&RULE, &record(0)).is_empty());
        assert_eq!(made::found(&RULE, &record(10))[0].severity, Severity::Warning);
    }
}
