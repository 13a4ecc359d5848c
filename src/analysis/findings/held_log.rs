//! Log that a replication slot holds back for a reader who does not come.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "held_log", explains: &[], look: Look::Source { kind: "postgres", samplers: &["slots"], look } };

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    source.rows("slots").iter().filter_map(|slot| judge(record, slot)).collect()
}

fn judge(record: &Record, slot: &RowRecord) -> Option<Found> {
    let retained = slot.gauges.get("retained_bytes").copied().unwrap_or_default();
    if retained.last <= record.preset.limit(Limit::RetainedLog) {
        return None;
    }
    let name = slot.name("slot");
    let active = ["t", "true", "on"].contains(&slot.name("active"));
    let found = Found::new(Severity::Warning, 0.4, format!("slot `{name}` holds the log back"))
        .beyond("log held back at the end", retained.last, Limit::RetainedLog, record)
        .figure("more than at the beginning", retained.last - retained.first, EvidenceUnit::Bytes)
        .said(if active { "its reader is there" } else { "its reader is not there" });
    Some(match active {
        true => found.action(format!("find out why the reader of slot {name} is slower than the load")),
        false => found.action(format!("if nobody needs it any more: SELECT pg_drop_replication_slot('{name}');")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_slot_that_holds_much_is_found_and_one_that_moves_on_is_not() {
        let found = |bytes| {
            let mut record = made::record();
            let row = made::row(&[("slot", "s"), ("active", "f")], &[], &[("retained_bytes", bytes)]);
            made::tell(&mut record, "slots", made::rows(vec![row]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(2e9), found(1e6)), (1, 0));
    }
}
