//! Findings: what went wrong, shown by figures, and what to do about it.
//!
//! A rule is a file with a `RULE`, a pure function of the record, and a line in [`registry`]. What a rule needs of the
//! monitor it names, so that the record tells those that found nothing from those that could not look. [`rank`] puts
//! causes before what follows from them. Nothing here formats a figure: reports do.

mod deadlocks;
mod found;
mod generator;
mod lock_contention;
#[cfg(test)]
mod made;
mod missing_index;
mod operations;
mod pool_too_small;
mod rank;
mod registry;
mod rule;
mod slow_statement;
mod sql;
mod starved;
mod statements;
mod temp_spill;

use crate::record::Record;

/// Fills in what was found, and which rules looked. Nothing is said of a run in which no operation came to an end.
pub(super) fn fill(record: &mut Record) {
    if record.totals.operations_finished() == 0 {
        return;
    }
    let (findings, rules) = registry::look(record);
    record.findings = rank::ranked(findings);
    record.rules = rules;
}
