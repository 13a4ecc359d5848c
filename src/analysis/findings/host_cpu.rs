//! A machine without a processor to spare.

use super::found::Found;
use super::local;
use super::rule::{HOST, Look, Rule};
use super::statements;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "host_cpu",
    explains: &["generator_starved"],
    look: Look::Source { kind: HOST, samplers: &["processor"], look },
};

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(processor) = source.series("processor") else { return Vec::new() };
    let gauge = |name: &str| processor.gauges.get(name).copied().unwrap_or_default();
    let share = gauge("busy_percent").mean / 100.0;
    if share <= record.preset.limit(Limit::HostCpu) {
        return Vec::new();
    }
    let title = match local::any(record) {
        true => "the machine that throng and its target share has no processor to spare",
        false => "the machine that throng runs on has no processor to spare",
    };
    // It says that something computes, not what: whatever else was found comes first.
    let found = Found::new(Severity::Warning, 0.3, title)
        .beyond("of the processors busy, in the mean", share, Limit::HostCpu, record)
        .figure("cores", gauge("cores").max, EvidenceUnit::Count);
    vec![found.action(match heaviest(record).filter(|_| local::any(record)) {
        Some(name) => {
            format!("make {name} cheaper, which took most of the server's time, or give the server more cores")
        }
        None => "give the machine more cores, or keep others off it".to_owned(),
    })]
}

/// The statement that took most of a server's time, if one took most of it.
fn heaviest(record: &Record) -> Option<String> {
    record.monitor.sources.iter().find_map(|source| {
        let seen = statements::seen(source);
        let first = seen.first().filter(|first| statements::share_of(first.time_us, &seen) > 0.5)?;
        Some(first.name())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_busy_machine_is_found_and_one_at_ease_is_not() {
        let found = |busy| {
            let mut record = made::record();
            record.monitor.sources = vec![made::source(HOST)];
            made::tell(&mut record, "processor", made::series(&[], &[("busy_percent", busy), ("cores", 2.0)]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(95.0), found(80.0)), (1, 0));
    }
}
