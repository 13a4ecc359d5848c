//! Tables in which old versions of rows pile up faster than vacuum removes them.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "dead_rows", explains: &[], look: Look::Source { kind: "postgres", samplers: &["tables"], look } };

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    source.rows("tables").iter().filter_map(|table| judge(record, source, table)).collect()
}

fn judge(record: &Record, source: &SourceRecord, table: &RowRecord) -> Option<Found> {
    let last = |name: &str| table.gauges.get(name).map_or(0.0, |gauge| gauge.last);
    let (dead, live) = (last("dead_rows"), last("live_rows"));
    let share = dead / (dead + live).max(1.0);
    if dead <= record.preset.limit(Limit::DeadRows) || share < record.preset.limit(Limit::DeadShare) {
        return None;
    }
    let name = table.name("table");
    let factor = source.fact("settings", "autovacuum_vacuum_scale_factor").unwrap_or("not known");
    let found = Found::new(Severity::Warning, share / 2.0, format!("dead rows pile up in `{name}`"))
        .beyond("dead rows at the end", dead, Limit::DeadRows, record)
        .beyond("of its rows", share, Limit::DeadShare, record)
        .figure("vacuums over the run", table.counter("vacuums"), EvidenceUnit::Count)
        .said(format!("autovacuum_vacuum_scale_factor is {factor}"))
        .action(format!(
            "ALTER TABLE {name} SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);"
        ));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_table_full_of_old_versions_is_found_and_a_clean_one_is_not() {
        let found = |dead, live| {
            let mut record = made::record();
            let gauges = [("dead_rows", dead), ("live_rows", live)];
            made::tell(&mut record, "tables", made::rows(vec![made::row(&[("table", "public.t")], &[], &gauges)]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(20_000.0, 50_000.0), found(9_000.0, 1_000.0), found(20_000.0, 900_000.0)), (1, 0, 0));
    }
}
