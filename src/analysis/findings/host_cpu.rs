//! A machine without a processor to spare.

use super::found::Found;
use super::local;
use super::rule::{HOST, Look, Rule};
use super::shared_host::shares;
use super::statements::shortened;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "host_cpu",
    explains: &["generator_starved"],
    look: Look::Source { kind: HOST, samplers: &["processor"], look },
};

/// From this part of the busy time on throng is what keeps the machine busy.
const MOSTLY_THRONG: f64 = 0.5;

/// Sessions that compute for one statement, by cores, from which on it is what keeps the machine busy.
const MOST: f64 = 0.4;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(processor) = source.series("processor") else { return Vec::new() };
    let gauge = |name: &str| processor.gauges.get(name).copied().unwrap_or_default();
    let share = gauge("busy_percent").mean / 100.0;
    if share <= record.preset.limit(Limit::HostCpu) {
        return Vec::new();
    }
    let own = shares(source).map(|(_, own)| own).filter(|own| *own >= MOSTLY_THRONG * share);
    // Where its target is here too, `shared_host` says so.
    if own.is_some() && local::any(record) {
        return Vec::new();
    }
    let cores = gauge("cores").max.max(1.0);
    let title = match local::any(record) {
        _ if own.is_some() => "throng itself keeps its machine busy",
        true => "the machine that throng and its target share has no processor to spare",
        false => "the machine that throng runs on has no processor to spare",
    };
    // It says that something computes, not what: whatever else was found comes first.
    let found = Found::new(Severity::Warning, 0.3, title)
        .beyond("of the processors busy, in the mean", share, Limit::HostCpu, record)
        .figure("cores", cores, EvidenceUnit::Count);
    if let Some(own) = own {
        return vec![
            found
                .figure("of all processors, by throng itself", own, EvidenceUnit::Share)
                .action("play fewer users, or give throng a machine with more cores"),
        ];
    }
    vec![found.action(match heaviest(record, cores).filter(|_| local::any(record)) {
        Some(name) => {
            format!("make {name} cheaper, which computes more than anything else there, or give the server more cores")
        }
        None => "give the machine more cores, or keep others off it".to_owned(),
    })]
}

/// The statement that computed most in a server, if it kept a good part of the machine busy.
fn heaviest(record: &Record, cores: f64) -> Option<String> {
    let profiles = record.monitor.sources.iter().filter_map(|source| source.profile("activity"));
    let computing = profiles.flat_map(|profile| {
        let at_once = move |count: u64| count as f64 / profile.looks.max(1) as f64;
        let computes = profile.totals.iter().filter(|total| total.event == "CPU");
        computes.filter_map(move |total| Some((at_once(total.count), total.subject.as_deref()?)))
    });
    let (at_once, most) = computing.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (at_once >= MOST * cores).then(|| format!("`{}`", shortened(most)))
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

    #[test]
    fn a_machine_that_throng_itself_keeps_busy_is_not_blamed_on_others() {
        let found = |address: &str| {
            let mut record = made::record();
            record.targets[0].address = address.into();
            record.monitor.sources = vec![made::source(HOST)];
            made::tell(&mut record, "processor", made::series(&[], &[("busy_percent", 95.0), ("cores", 2.0)]));
            made::tell(&mut record, "throng", made::series(&[("cpu_us", 16e6)], &[]));
            made::found(&RULE, &record)
        };
        assert_eq!(found("postgres://db/x")[0].title, "throng itself keeps its machine busy");
        assert!(found("postgres://127.0.0.1/x").is_empty(), "`shared_host` says so");
    }
}
