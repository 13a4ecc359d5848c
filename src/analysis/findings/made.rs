//! Small records for the tests of rules.

use std::time::Duration;

use crate::record::{
    Collector, ErrorRecord, Extent, Finish, IntervalInput, MAIN, OperationRecord, OperationStatement, ProfileRecord,
    ProfileTotal, Record, RowRecord, RowsRecord, SamplerData, SamplerRecord, SeriesRecord, Sighting, SightingsRecord,
    SourceRecord, TargetRecord,
};
use crate::record::{FactsRecord, FindingRecord};
use crate::stats::{Outcome, Recorder, Sample, Summary};

use super::rule::Rule;

/// A run of one PostgreSQL, `postgres`, of which nothing was seen yet, and an operation `op` that asks by `find`.
pub(super) fn record() -> Record {
    let mut record = Collector::default().finish(Finish::default());
    record.targets = vec![target("postgres")];
    record.operations = vec![operation("op", &["find"])];
    record.totals.operations_succeeded = 1000;
    record.duration_s = 10.0;
    record.monitor.sources = vec![source("postgres")];
    record
}

/// So many seconds of ten users of persona `p`, with these operations `op` in each: response times in µs, and whether they
/// succeeded.
pub(in crate::analysis) fn seconds(
    length: u64,
    operations: impl Fn(u64) -> Vec<(u64, Outcome)>,
    finish: Finish,
) -> Record {
    let mut collector = Collector::default();
    let mut recorder = Recorder::default();
    for second in 0..length {
        let cell = recorder.cell("p", "op", MAIN);
        for (response_us, outcome) in operations(second) {
            let sample = Sample {
                target_us: response_us,
                outcome,
                response_us,
                wait_us: 0,
                pool_us: 0,
                retries: 0,
                rows: 0,
                bytes: 0,
            };
            recorder.operation(cell, &sample);
        }
        collector.add(&IntervalInput {
            start: Duration::from_secs(second),
            length: Duration::from_secs(1),
            phase: MAIN,
            figures: &recorder.swap(10),
            pools: &[],
            cpu_percent: 0.0,
        });
    }
    collector.finish(finish)
}

/// A target of a kind, named after it.
pub(super) fn target(kind: &str) -> TargetRecord {
    TargetRecord { name: kind.into(), kind: kind.into(), version: None, address: String::new() }
}

/// Errors of a class, met by the operation `op`.
pub(super) fn errors(class: &str, phase: &str, count: u64) -> ErrorRecord {
    let (class, operation, persona, phase) = (class.into(), "op".into(), "p".into(), phase.into());
    ErrorRecord { class, operation, persona, phase, count, first_message: String::new() }
}

/// A source of a kind, named after it, of ten seconds.
pub(super) fn source(kind: &str) -> SourceRecord {
    SourceRecord { name: kind.into(), kind: kind.into(), to_s: 10.0, ..SourceRecord::default() }
}

/// An operation of 1000 executions of 10 ms each that asks `postgres` by these statements.
pub(in crate::analysis) fn operation(name: &str, labels: &[&str]) -> OperationRecord {
    let used = |label: &&str| OperationStatement {
        target: "postgres".into(),
        label: (*label).into(),
        count: 1000,
        time_us: 1_000_000,
        failed_us: 0,
    };
    OperationRecord {
        name: name.into(),
        persona: "p".into(),
        phase: "main".into(),
        succeeded: 1000,
        failed: 0,
        unfinished: 0,
        in_time: 1000,
        retries: 0,
        rows: 0,
        bytes: 0,
        response_us: mean(10_000.0),
        wait_us: mean(0.0),
        pool_us: mean(0.0),
        service_us: mean(10_000.0),
        histogram: String::new(),
        target_us: 9_000.0,
        statements: labels.iter().map(used).collect(),
        breakdown_us: None,
    }
}

/// Times with this mean, and percentiles not far from it.
pub(super) fn mean(mean: f64) -> Summary {
    let us = mean as u64;
    Summary { mean, p50: us, p90: us, p95: us, p99: us, max: us, ..Summary::default() }
}

/// Has the first source tell something.
pub(super) fn tell(record: &mut Record, sampler: &str, data: SamplerData) {
    let name = sampler.to_owned();
    let told = SamplerRecord { name, period_s: 1.0, samples: 10, failed: 0, took_us: 1, resets: 0, data };
    record.monitor.sources[0].samplers.push(told);
}

/// Rows of names, counters and gauges.
pub(super) fn rows(rows: Vec<RowRecord>) -> SamplerData {
    SamplerData::Rows(RowsRecord { rows, left_out: 0 })
}

/// One row.
pub(super) fn row(names: &[(&str, &str)], counters: &[(&str, f64)], gauges: &[(&str, f64)]) -> RowRecord {
    RowRecord {
        names: names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        counters: figures(counters),
        gauges: gauges.iter().map(|(name, value)| ((*name).to_owned(), extent(*value))).collect(),
    }
}

/// A statement of the server's, with its calls and the time of all of them in µs.
pub(super) fn statement(label: &str, query: &str, calls: f64, time_us: f64) -> RowRecord {
    row(&[("label", label), ("query", query)], &[("calls", calls), ("execution_time_us", time_us)], &[])
}

/// Counters and gauges that did not change.
pub(super) fn series(counters: &[(&str, f64)], gauges: &[(&str, f64)]) -> SamplerData {
    let gauges = gauges.iter().map(|(name, value)| ((*name).to_owned(), extent(*value))).collect();
    SamplerData::Series(SeriesRecord { counters: figures(counters), gauges, ..SeriesRecord::default() })
}

/// What sessions were met doing, in 100 looks.
pub(super) fn profile(totals: &[(&str, &str, u64)]) -> SamplerData {
    let total = |&(event, subject, count): &(&str, &str, u64)| ProfileTotal {
        event: event.into(),
        subject: (!subject.is_empty()).then(|| subject.to_owned()),
        count,
    };
    SamplerData::Profile(ProfileRecord {
        totals: totals.iter().map(total).collect(),
        looks: 100,
        ..ProfileRecord::default()
    })
}

/// Names, how often, and the largest of each figure.
type Met<'a> = (&'a [(&'a str, &'a str)], u64, &'a [(&'a str, f64)]);

/// What was met now and then.
pub(super) fn sightings(met: &[Met<'_>]) -> SamplerData {
    let sighting = |(names, count, most): &Met<'_>| Sighting {
        names: names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        count: *count,
        most: figures(most),
        ..Sighting::default()
    };
    SamplerData::Sightings(SightingsRecord { sightings: met.iter().map(sighting).collect(), left_out: 0 })
}

/// What does not change.
pub(super) fn facts(facts: &[(&str, &str)]) -> SamplerData {
    let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    SamplerData::Facts(FactsRecord { facts })
}

/// What a rule finds in a record that it can look at.
pub(super) fn found(rule: &Rule, record: &Record) -> Vec<FindingRecord> {
    let (found, told) = rule.apply(record).expect("the rule concerns the run");
    assert_eq!(told.lacks, None);
    let found: Vec<_> = found.into_iter().map(|found| found.of_rule(rule.id)).collect();
    for finding in &found {
        assert!(!finding.evidence.is_empty() && !finding.action.is_empty(), "{finding:?}");
    }
    found
}

fn figures(figures: &[(&str, f64)]) -> std::collections::BTreeMap<String, f64> {
    figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

fn extent(value: f64) -> Extent {
    Extent { first: value, last: value, min: value, mean: value, max: value }
}
