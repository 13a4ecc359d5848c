//! What a comparison says of itself in sentences: why its verdict is what it is, and what has to be known beside it.

use std::collections::BTreeSet;

use super::asked::LEAST_RUNS;
use super::whole::Side;
use crate::record::{
    ChangeVerdict, ComparedRecord, ComparisonRecord, FactsRecord, Record, SamplerData, SourceRecord, Verdict,
};

/// What speaks against everything but worse, though it was not found to be worse.
pub(super) fn doubts(unasked: &[String], gone: &[String], new: &str) -> Vec<String> {
    let unasked = (!unasked.is_empty()).then(|| {
        format!("for the worse as clearly as so few runs can show, but not worse for certain: {}", unasked.join(", "))
    });
    let gone = (!gone.is_empty()).then(|| format!("{new} has hardly any of: {}", gone.join(", ")));
    unasked.into_iter().chain(gone).collect()
}

/// Why the verdict is what it is.
pub(super) fn reasons(record: &ComparisonRecord, doubts: Vec<String>) -> Vec<String> {
    let failed = record.wholly_failed().map(|failed| {
        let (new, runs, base) = (&record.new.name, record.new.runs.len(), &record.base.name);
        format!("in {failed} of {runs} runs of {new} every operation failed, in none of {base}")
    });
    let mut reasons = Vec::from_iter(failed);
    for verdict in [ChangeVerdict::Worse, ChangeVerdict::Better] {
        let these: Vec<&ComparedRecord> = record.figures.iter().filter(|figure| figure.verdict == verdict).collect();
        let whole = these.iter().filter(|figure| figure.operation.is_none());
        let whole: Vec<&str> = whole.map(|figure| figure.name.as_str()).collect();
        let mut operations: Vec<&str> = these.iter().filter_map(|figure| figure.operation.as_deref()).collect();
        operations.dedup();
        if !whole.is_empty() {
            reasons.push(format!("{verdict}: {}", whole.join(", ")));
        }
        if !operations.is_empty() {
            reasons.push(format!("{verdict} operations: {}", operations.join(", ")));
        }
    }
    let doubtful = !doubts.is_empty();
    reasons.extend(doubts);
    if record.figures.is_empty() {
        reasons.push("no operation came to an end in some of the runs, so there is nothing to compare".to_owned());
    } else if record.indicative {
        let runs = |count: usize| if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
        reasons.push(format!(
            "{} against {} are no more than a hint: how much runs differ by chance is not known from fewer than {LEAST_RUNS} a side",
            runs(record.new.runs.len()),
            runs(record.base.runs.len())
        ));
    } else if record.verdict == ChangeVerdict::Unchanged {
        reasons.push("whatever changed, it was by less than matters".to_owned());
    } else if record.verdict == ChangeVerdict::Unclear && !doubtful {
        reasons.push("the runs differ too much among themselves to say whether anything changed".to_owned());
    }
    reasons
}

/// What else has to be known.
pub(super) fn notes(
    record: &ComparisonRecord,
    base: Side<'_>,
    new: Side<'_>,
    left_out: &BTreeSet<String>,
    in_order: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    for side in [base, new] {
        let failed: Vec<&Record> =
            side.runs.iter().map(|run| &run.record).filter(|record| record.verdict == Verdict::Failed).collect();
        if let Some(first) = failed.first() {
            let why = first.reasons.first().map_or_else(String::new, |reason| format!(": {reason}"));
            notes.push(format!("{} of {} runs of {} did not pass{why}", failed.len(), side.runs.len(), side.name));
        }
        let suspect = side.runs.iter().filter(|run| run.record.generator.suspect).count();
        if suspect > 0 {
            notes.push(format!(
                "in {suspect} of {} runs of {} throng itself may have been the limit",
                side.runs.len(),
                side.name
            ));
        }
    }
    let loud = |figure: &&ComparedRecord| {
        figure.operation.is_none() && figure.name.starts_with("response") && figure.noise > Some(record.min_change)
    };
    let loud: Vec<&str> = record.figures.iter().filter(loud).map(|figure| figure.name.as_str()).collect();
    if !loud.is_empty() {
        notes.push(format!(
            "runs of {} differ among themselves by more than what is to be found ({}): longer runs, or more of them, would tell more",
            record.base.name,
            loud.join(", ")
        ));
    }
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(String::as_str).collect();
        notes.push(format!("left out, since some run has hardly any of them: {}", names.join(", ")));
    }
    let settings = base.runs.first().zip(new.runs.first()).map(|(a, b)| settings(&a.record, &b.record));
    if let Some(settings) = settings.filter(|settings| !settings.is_empty()) {
        notes.push(format!("settings of the servers differ: {}", settings.join(", ")));
    }
    if in_order {
        notes.push(
            "with so few runs figures are asked in a fixed order, the mean response time first, or error rates that differ by a point; with five runs a side \
             they are asked all at once"
                .to_owned(),
        );
    }
    notes
}

/// Settings of servers that were seen on both sides and are not the same.
fn settings(base: &Record, new: &Record) -> Vec<String> {
    let facts = |record: &Record, of: &SourceRecord| -> Option<FactsRecord> {
        let source = record.monitor.source(&of.kind, &of.name)?;
        match &source.sampler("settings")?.data {
            SamplerData::Facts(facts) => Some(facts.clone()),
            _ => None,
        }
    };
    let of_source = |source: &SourceRecord| -> Vec<String> {
        let Some((a, b)) = facts(base, source).zip(facts(new, source)) else { return Vec::new() };
        let both = a.facts.iter().filter_map(|(name, value)| Some((name, value, b.facts.get(name)?)));
        // The version is told as one.
        let differs = both.filter(|(name, a, b)| a != b && *name != "server_version_num");
        differs.map(|(name, a, b)| format!("`{name}` of {} {a} against {b}", source.name)).collect()
    };
    base.monitor.sources.iter().flat_map(of_source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish, SamplerRecord};

    fn seen(shared_buffers: &str) -> Record {
        let mut record = Collector::default().finish(Finish::default());
        let facts = [("shared_buffers".to_owned(), shared_buffers.to_owned()), ("fsync".to_owned(), "on".to_owned())];
        let data = SamplerData::Facts(FactsRecord { facts: facts.into_iter().collect() });
        let (name, period_s, samples, failed, took_us, resets) = ("settings".to_owned(), 0.0, 1, 0, 1, 0);
        let sampler = SamplerRecord { name, period_s, samples, failed, took_us, resets, data };
        let (name, kind) = ("postgres".to_owned(), "postgres".to_owned());
        record.monitor.sources = vec![SourceRecord { name, kind, samplers: vec![sampler], ..SourceRecord::default() }];
        record
    }

    #[test]
    fn settings_that_differ_are_named() {
        assert_eq!(settings(&seen("128MB"), &seen("1GB")), ["`shared_buffers` of postgres 128MB against 1GB"]);
        assert!(settings(&seen("128MB"), &seen("128MB")).is_empty());
    }
}
