//! throng and its target on one machine, where each takes the processors that the other wants.

use super::found::Found;
use super::local;
use super::rule::{HOST, Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "shared_host",
    explains: &["host_cpu", "generator_starved"],
    look: Look::Source { kind: HOST, samplers: &["processor", "throng"], look },
};

/// From this share of the machine on throng's own work is felt by its target.
const FELT: f64 = 0.2;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some((busy, own)) = shares(source) else { return Vec::new() };
    if !local::any(record) || busy <= record.preset.limit(Limit::HostCpu) || own < FELT {
        return Vec::new();
    }
    let found = Found::new(Severity::Warning, own, "throng takes processor time from the target on its machine")
        .beyond("of the processors busy, in the mean", busy, Limit::HostCpu, record)
        .figure("of all processors, by throng itself", own, EvidenceUnit::Share)
        .action("run throng on a machine of its own, or compare such runs only with others on this machine");
    vec![found]
}

/// The shares of the machine's processors that were busy, and busy with throng; none where either is not known.
pub(super) fn shares(source: &SourceRecord) -> Option<(f64, f64)> {
    let (processor, throng) = (source.series("processor")?, source.series("throng")?);
    let gauge = |name: &str| processor.gauges.get(name).copied().unwrap_or_default();
    let cores = gauge("cores").max.max(1.0);
    let own = throng.counter("cpu_us") / ((source.to_s - source.from_s).max(1.0) * 1e6 * cores);
    Some((gauge("busy_percent").mean / 100.0, own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn throngs_own_part_of_a_busy_machine_is_found() {
        let found = |cpu_us, address: &str| {
            let mut record = made::record();
            record.targets[0].address = address.into();
            record.monitor.sources = vec![made::source(HOST)];
            made::tell(&mut record, "processor", made::series(&[], &[("busy_percent", 95.0), ("cores", 2.0)]));
            made::tell(&mut record, "throng", made::series(&[("cpu_us", cpu_us)], &[]));
            made::found(&RULE, &record).len()
        };
        let here = "postgres://127.0.0.1/x";
        assert_eq!((found(8e6, here), found(1e6, here), found(8e6, "postgres://db/x")), (1, 0, 0));
    }
}
