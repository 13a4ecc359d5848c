//! A machine that is short of memory.

use super::found::Found;
use super::rule::{HOST, Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "host_memory", explains: &[], look: Look::Source { kind: HOST, samplers: &["memory"], look } };

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(memory) = source.series("memory") else { return Vec::new() };
    let gauge = |name: &str| memory.gauges.get(name).copied().unwrap_or_default();
    let share = gauge("used_percent").max / 100.0;
    if share <= record.preset.limit(Limit::HostMemory) {
        return Vec::new();
    }
    let found = Found::new(Severity::Warning, 0.2, "the machine is short of memory")
        .beyond("of memory in use, at most", share, Limit::HostMemory, record)
        .figure("still available at the end", gauge("available_bytes").last, EvidenceUnit::Bytes)
        .figure("swap in use at the end", gauge("swap_used_bytes").last, EvidenceUnit::Bytes)
        .action("use fewer connections or less work_mem for each, or give the machine more memory");
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_machine_that_is_nearly_full_is_found_and_one_with_room_is_not() {
        let found = |used| {
            let mut record = made::record();
            record.monitor.sources = vec![made::source(HOST)];
            made::tell(&mut record, "memory", made::series(&[], &[("used_percent", used)]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(90.0), found(60.0)), (1, 0));
    }
}
