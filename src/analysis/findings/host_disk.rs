//! A disk that is busy nearly all the time.

use super::found::Found;
use super::rule::{HOST, Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "host_disk", explains: &[], look: Look::Source { kind: HOST, samplers: &["disks"], look } };

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let seconds = (source.to_s - source.from_s).max(1.0);
    source.rows("disks").iter().filter_map(|disk| judge(record, disk, seconds)).collect()
}

fn judge(record: &Record, disk: &RowRecord, seconds: f64) -> Option<Found> {
    let share = disk.gauges.get("busy_percent")?.mean / 100.0;
    if share <= record.preset.limit(Limit::HostDisk) {
        return None;
    }
    let found = Found::new(Severity::Warning, 0.4, format!("disk {} is busy nearly all the time", disk.name("disk")))
        .beyond("of the time, in the mean", share, Limit::HostDisk, record)
        .figure("written", disk.counter("bytes_written"), EvidenceUnit::Bytes)
        .figure("read", disk.counter("bytes_read"), EvidenceUnit::Bytes)
        .figure("requests", (disk.counter("reads") + disk.counter("writes")) / seconds, EvidenceUnit::PerS)
        .action("put the log and the data on disks of their own, or commit more rows at a time");
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_busy_disk_is_found_and_one_at_ease_is_not() {
        let found = |busy| {
            let mut record = made::record();
            record.monitor.sources = vec![made::source(HOST)];
            let disk = made::row(&[("disk", "vda")], &[], &[("busy_percent", busy)]);
            made::tell(&mut record, "disks", made::rows(vec![disk]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(95.0), found(40.0)), (1, 0));
    }
}
