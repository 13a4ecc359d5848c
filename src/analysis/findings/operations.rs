//! Which operations a cause concerns.

use std::collections::BTreeSet;

use crate::record::{OperationRecord, Record};

/// The operations of measured phases that ask a target by any of these statements.
pub(super) fn asking<'a>(record: &Record, target: &str, labels: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let labels: BTreeSet<&str> = labels.into_iter().filter(|label| !label.is_empty()).collect();
    those(record, |operation| {
        operation.statements.iter().any(|used| used.target == target && labels.contains(&*used.label))
    })
}

/// The operations of measured phases that met errors of a class which begins so.
pub(super) fn failing(record: &Record, class: &str) -> Vec<String> {
    let names = record
        .errors
        .iter()
        .filter(|error| record.is_measured(&error.phase) && error.class.starts_with(class))
        .map(|error| error.operation.clone());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The operations of measured phases of which that is true, each once.
pub(super) fn those(record: &Record, are: impl Fn(&OperationRecord) -> bool) -> Vec<String> {
    let names = record.measured_operations().filter(|operation| are(operation)).map(|operation| operation.name.clone());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The operations of measured phases that ask a target by labelled statements; none where none are labelled.
pub(super) fn using(record: &Record, target: &str) -> Vec<String> {
    those(record, |operation| operation.statements.iter().any(|used| used.target == target))
}
