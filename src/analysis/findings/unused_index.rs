//! Indexes that writes maintained and nobody read.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "unused_index",
    explains: &[],
    look: Look::Source { kind: "postgres", samplers: &["indexes", "tables"], look },
};

/// New entries over the run from which on maintaining an index costs something.
const ENTRIES: f64 = 1_000.0;

/// Indexes named.
const NAMED: usize = 4;

fn look(_: &Record, source: &SourceRecord) -> Vec<Found> {
    let idle = |index: &&RowRecord| {
        // These serve their constraint.
        let keeps_rows_apart = ["unique", "primary", "exclusion"].iter().any(|kind| is(index, kind));
        index.counter("scans") == 0.0 && !keeps_rows_apart && is(index, "valid")
    };
    let unused: Vec<_> = source
        .rows("indexes")
        .iter()
        .filter(idle)
        .filter_map(|index| {
            let table = source.rows("tables").iter().find(|table| table.name("table") == index.name("table"))?;
            let entries = entries(table);
            (entries >= ENTRIES).then(|| (index.name("index"), entries))
        })
        .collect();
    if unused.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = unused.iter().take(NAMED).map(|(name, _)| (*name).to_owned()).collect();
    let mut found = Found::new(Severity::Note, 0.1, format!("never used over the run: {}", names.join(", "))).figure(
        "indexes that were written and never scanned",
        unused.len() as f64,
        EvidenceUnit::Count,
    );
    for (name, entries) in unused.iter().take(NAMED) {
        found = found.figure(format!("new entries of {name}"), *entries, EvidenceUnit::Count);
    }
    vec![found.action(format!("if nothing else needs them: DROP INDEX CONCURRENTLY {};", names.join(", ")))]
}

fn is(index: &RowRecord, name: &str) -> bool {
    ["t", "true", "on"].contains(&index.name(name))
}

/// Rows of a table for which each of its indexes got a new entry.
fn entries(table: &RowRecord) -> f64 {
    table.counter("rows_inserted") + (table.counter("rows_updated") - table.counter("rows_updated_hot")).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(scans: f64, inserted: f64, constraint: &str) -> usize {
        let mut record = made::record();
        let names = [("index", "public.i"), ("table", "public.t"), (constraint, "t"), ("valid", "t")];
        made::tell(&mut record, "indexes", made::rows(vec![made::row(&names, &[("scans", scans)], &[])]));
        let table = made::row(&[("table", "public.t")], &[("rows_inserted", inserted)], &[]);
        made::tell(&mut record, "tables", made::rows(vec![table]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn an_index_that_only_costs_is_found() {
        assert_eq!(found(0.0, 5_000.0, "none"), 1);
    }

    #[test]
    fn one_that_is_used_or_keeps_rows_apart_or_costs_nothing_is_not() {
        assert_eq!(found(1.0, 5_000.0, "none") + found(0.0, 10.0, "none"), 0);
        for constraint in ["unique", "primary", "exclusion"] {
            assert_eq!(found(0.0, 5_000.0, constraint), 0, "{constraint}");
        }
    }
}
