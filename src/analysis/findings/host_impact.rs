//! A machine that is busier than before the load by more than the load may be felt.

use super::found::Found;
use super::rule::{HOST, Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "host_impact", explains: &[], look: Look::Source { kind: HOST, samplers: &["processor"], look } };

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(processor) = source.series("processor") else { return Vec::new() };
    let share = |name: &str| processor.gauges.get(name).map(|gauge| gauge.mean / 100.0);
    let (Some(impact), Some(idle)) = (share("above_idle_percent"), share("idle_percent")) else { return Vec::new() };
    if impact <= record.preset.limit(Limit::HostImpact) {
        return Vec::new();
    }
    let found = Found::new(Severity::Warning, 0.1, "the load is felt by whoever else is on the machine")
        .beyond("of the processors more than before it were busy, in the mean", impact, Limit::HostImpact, record)
        .figure("of the processors were busy before it", idle, EvidenceUnit::Share)
        .action("do less at a time: smaller batches with pauses between them, or fewer users");
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::plan::preset;
    use crate::record::PresetRecord;

    #[test]
    fn a_load_that_should_hardly_be_felt_is_held_against_the_idle_machine() {
        let found = |above, archiver: bool| {
            let mut record = made::record();
            if archiver {
                let limits = preset::Limit::ALL
                    .iter()
                    .map(|limit| (limit.name().to_owned(), preset::find("archiver").expect("a preset").value(*limit)));
                record.preset = PresetRecord { limits: limits.collect(), ..PresetRecord::default() };
            }
            record.monitor.sources = vec![made::source(HOST)];
            let gauges = [("idle_percent", 3.0), ("above_idle_percent", above)];
            made::tell(&mut record, "processor", made::series(&[], &gauges));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(6.0, true), found(4.0, true), found(97.0, false)), (1, 0, 0));
    }
}
