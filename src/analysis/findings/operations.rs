//! Which operations a cause concerns.

use std::collections::BTreeSet;

use crate::record::{ErrorRecord, OperationRecord, Record};

/// The operations of measured phases that ask a target by any of these statements.
pub(super) fn asking<'a>(record: &Record, target: &str, labels: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let labels: BTreeSet<&str> = labels.into_iter().filter(|label| !label.is_empty()).collect();
    those(record, |operation| {
        operation.statements.iter().any(|used| used.target == target && labels.contains(&*used.label))
    })
}

/// The operations of measured phases of which that is true, each once.
pub(super) fn those(record: &Record, are: impl Fn(&OperationRecord) -> bool) -> Vec<String> {
    names(record.measured_operations().filter(|operation| are(operation)).map(|operation| operation.name.as_str()))
}

/// The operations of measured phases that ask a target by labelled statements; none where none are labelled.
pub(super) fn using(record: &Record, target: &str) -> Vec<String> {
    those(record, |operation| operation.statements.iter().any(|used| used.target == target))
}

/// A target: its kind and its name.
pub(super) type Target<'a> = (&'a str, &'a str);

/// The errors of measured phases of a class which begins so, as far as it is known that this target answered with them: it
/// is the only one of its kind, or the operation asks no other by labelled statements. The most frequent first.
pub(super) fn errors<'a>(record: &'a Record, target: Target<'_>, class: &str) -> Vec<&'a ErrorRecord> {
    let met = record.errors.iter().filter(|error| record.is_measured(&error.phase) && error.class.starts_with(class));
    let mut errors: Vec<&ErrorRecord> =
        met.filter(|error| asks_only(record, target, &error.operation, &error.persona)).collect();
    errors.sort_by_key(|error| std::cmp::Reverse(error.count));
    errors
}

/// Whether of all targets of its kind an operation of a persona asks this one alone, as far as that is known.
pub(super) fn asks_only(record: &Record, (kind, name): Target<'_>, operation: &str, persona: &str) -> bool {
    let others: Vec<&str> = record
        .targets
        .iter()
        .filter(|target| target.kind == kind && target.name != name)
        .map(|target| target.name.as_str())
        .collect();
    let asks = |is: &dyn Fn(&str) -> bool| {
        let own = record.measured_operations().filter(|own| own.name == operation && own.persona == persona);
        own.flat_map(|own| &own.statements).any(|used| is(&used.target))
    };
    others.is_empty() || asks(&|target| target == name) && !asks(&|target| others.contains(&target))
}

/// The names of operations in their order, each once.
pub(super) fn names(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    names.into_iter().map(Into::into).collect::<BTreeSet<_>>().into_iter().collect()
}
