//! Which operations a cause concerns.

use std::collections::BTreeSet;

use crate::record::{ErrorRecord, OperationRecord, Record, SourceRecord};

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

/// The errors of measured phases of a class which begins so, as far as it is known that this source answered with them: it
/// is the only target of its kind, or the operation asks no other by labelled statements. The most frequent first.
pub(super) fn errors<'a>(record: &'a Record, source: &SourceRecord, class: &str) -> Vec<&'a ErrorRecord> {
    let others: Vec<&str> = record
        .targets
        .iter()
        .filter(|target| target.kind == source.kind && target.name != source.name)
        .map(|target| target.name.as_str())
        .collect();
    let asks = |error: &ErrorRecord, name: &dyn Fn(&str) -> bool| {
        let of_error =
            |operation: &&OperationRecord| operation.name == error.operation && operation.persona == error.persona;
        record.measured_operations().filter(of_error).any(|own| own.statements.iter().any(|used| name(&used.target)))
    };
    let is_own = |error: &ErrorRecord| {
        others.is_empty() || asks(error, &|name| name == source.name) && !asks(error, &|name| others.contains(&name))
    };
    let met = record.errors.iter().filter(|error| record.is_measured(&error.phase) && error.class.starts_with(class));
    let mut errors: Vec<&ErrorRecord> = met.filter(|error| is_own(error)).collect();
    errors.sort_by_key(|error| std::cmp::Reverse(error.count));
    errors
}
