//! Updates that need new entries in every index, because there is no room beside the old version or an indexed column changes.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "low_hot_share", explains: &[], look: Look::Source { kind: "postgres", samplers: &["tables"], look } };

/// Fewer updates than this are not many.
const UPDATES: f64 = 10_000.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    source.rows("tables").iter().filter_map(|table| judge(record, table)).collect()
}

fn judge(record: &Record, table: &RowRecord) -> Option<Found> {
    let (updates, hot) = (table.counter("rows_updated"), table.counter("rows_updated_hot"));
    let share = hot / updates.max(1.0);
    if updates < UPDATES || share >= record.preset.limit(Limit::HotShare) {
        return None;
    }
    let name = table.name("table");
    let found = Found::new(Severity::Note, 0.3, format!("updates of `{name}` write all of its indexes"))
        .beyond("of updates did without", share, Limit::HotShare, record)
        .figure("updates", updates, EvidenceUnit::Count)
        .action(format!("ALTER TABLE {name} SET (fillfactor = 80); or drop the index of the column that changes"));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn updates_that_write_indexes_are_found_and_those_in_place_are_not() {
        let found = |updates, hot| {
            let mut record = made::record();
            let counters = [("rows_updated", updates), ("rows_updated_hot", hot)];
            made::tell(&mut record, "tables", made::rows(vec![made::row(&[("table", "public.t")], &counters, &[])]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(20_000.0, 1_000.0), found(20_000.0, 15_000.0), found(500.0, 0.0)), (1, 0, 0));
    }
}
