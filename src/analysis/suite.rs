//! Runs of a suite beside each other: their figures, how they compare with the baseline, and one verdict.

use crate::record::{
    Extent, Record, ResourceFigures, RunFigures, SamplerData, SuiteRecord, SuiteRunRecord, SuiteRunState, ToBaseline,
    Verdict,
};

/// What a suite says of a run that has a record.
pub fn suite_run(name: &str, about: &str, record: &Record) -> SuiteRunRecord {
    let groups = &record.load.groups;
    SuiteRunRecord {
        state: SuiteRunState::Played,
        source_hash: record.scenario.source_hash.clone(),
        profile: record.scenario.profile.clone(),
        params: record.scenario.params.clone(),
        load: groups.iter().map(|group| group.description.clone()).collect(),
        users: groups.iter().map(|group| group.users).sum(),
        verdict: Some(record.verdict),
        exit_code: Some(record.exit_code),
        reasons: record.reasons.clone(),
        figures: (!record.phases.is_empty()).then(|| figures(record)),
        ..SuiteRunRecord::left_out(name, about, &record.scenario.name)
    }
}

fn figures(record: &Record) -> RunFigures {
    let totals = &record.totals;
    let attempts = totals.attempts();
    let bad = totals.operations_failed + totals.errors_outside;
    RunFigures {
        started_at: record.started_at.clone(),
        duration_s: record.duration_s,
        operations_succeeded: totals.operations_succeeded,
        operations_failed: totals.operations_failed,
        error_rate: if attempts == 0 { 0.0 } else { bad as f64 / attempts as f64 },
        throughput_per_s: totals.throughput_per_s,
        response_us: totals.response_us,
        resources: ResourceFigures {
            connections_peak: record.pools.iter().map(|pool| pool.in_use_peak).sum(),
            connections_max: record.pools.iter().map(|pool| pool.max_size).sum(),
            pool_us: totals.pool_us.mean,
            retries: totals.retries,
            bytes: totals.bytes,
            cache_hit_rate: cache_hit_rate(record),
            generator_cpu_percent: record.generator.cpu_percent,
            host_cpu_percent: host(record, "processor", "busy_percent").map(|extent| extent.mean),
            host_memory_percent: host(record, "memory", "used_percent").map(|extent| extent.max),
            generator_reasons: record.generator.reasons.clone(),
        },
    }
}

/// The readings of a gauge of the machine.
fn host(record: &Record, sampler: &str, figure: &str) -> Option<Extent> {
    record.monitor.source("host", "host")?.series(sampler)?.gauges.get(figure).copied()
}

/// Over all PostgreSQL that were watched; none that asked for a block has nothing to tell.
fn cache_hit_rate(record: &Record) -> Option<f64> {
    let samplers = record.monitor.sources.iter().flat_map(|source| &source.samplers);
    let series = samplers.filter(|sampler| sampler.name == "database").filter_map(|sampler| match &sampler.data {
        SamplerData::Series(series) => Some(series),
        _ => None,
    });
    let (mut hit, mut asked) = (0.0, 0.0);
    for series in series {
        let counter = |name: &str| series.counters.get(name).copied().unwrap_or(0.0);
        hit += counter("blocks_hit");
        asked += counter("blocks_hit") + counter("blocks_read");
    }
    (asked > 0.0).then(|| hit / asked)
}

/// Fills in what a suite's record says in judgement: comparisons, verdict, reasons and exit status.
pub fn conclude_suite(record: &mut SuiteRecord) {
    let baseline = record.baseline.as_ref().and_then(|name| record.runs.iter().find(|run| run.name == *name)).cloned();
    if let Some(baseline) = baseline {
        record.runs.iter_mut().for_each(|run| run.to_baseline = to_baseline(run, &baseline));
    }
    let interrupted = record.runs.iter().any(|run| run.state == SuiteRunState::LeftOut);
    let codes = record.runs.iter().filter_map(|run| run.exit_code);
    record.exit_code = codes.chain(interrupted.then_some(130)).max_by_key(|code| gravity(*code)).unwrap_or(0);
    record.verdict = match record.exit_code {
        0 if record.runs.iter().any(|run| run.verdict == Some(Verdict::Warning)) => Verdict::Warning,
        0 => Verdict::Passed,
        3 => Verdict::Failed,
        130 => Verdict::Interrupted,
        // Something kept a run from its end; what it would have shown is not known.
        _ => Verdict::Aborted,
    };
    record.reasons = record.runs.iter().filter_map(reason).collect();
}

/// The worse the higher: what was measured and failed, what could not be measured, what must not be, what was not.
fn gravity(exit_code: u8) -> u8 {
    match exit_code {
        0 => 0,
        3 => 1,
        4 => 3,
        130 => 4,
        _ => 2,
    }
}

fn reason(run: &SuiteRunRecord) -> Option<String> {
    match (run.state, run.verdict) {
        (SuiteRunState::LeftOut, _) => Some(format!("run `{}` was not played", run.name)),
        (_, Some(Verdict::Passed) | None) => None,
        (_, Some(verdict)) => {
            let first_lines: Vec<&str> =
                run.reasons.iter().filter_map(|reason| Some(reason.lines().next()?.trim_end_matches(':'))).collect();
            let why = if first_lines.is_empty() { String::new() } else { format!(": {}", first_lines.join("; ")) };
            Some(format!("run `{}` {}{why}", run.name, ended(verdict)))
        }
    }
}

fn ended(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Warning => "ended in a warning",
        Verdict::Failed => "failed",
        Verdict::Aborted => "was aborted",
        Verdict::Interrupted => "was interrupted",
    }
}

/// None for the baseline itself, for another scenario or other parameters, and where one of both got nothing done.
fn to_baseline(run: &SuiteRunRecord, baseline: &SuiteRunRecord) -> Option<ToBaseline> {
    let work = |run: &SuiteRunRecord| (run.scenario.clone(), run.source_hash.clone(), run.params.clone());
    if run.name == baseline.name || work(run) != work(baseline) {
        return None;
    }
    let (figures, base) = (run.figures.as_ref()?, baseline.figures.as_ref()?);
    if figures.operations_succeeded == 0 || base.operations_succeeded == 0 {
        return None;
    }
    let by = |figure: f64, base: f64| figure / base;
    Some(ToBaseline {
        response_mean: by(figures.response_us.mean, base.response_us.mean),
        response_p95: by(figures.response_us.p95 as f64, base.response_us.p95 as f64),
        response_p99: by(figures.response_us.p99 as f64, base.response_us.p99 as f64),
        throughput: by(figures.throughput_per_s, base.throughput_per_s),
        error_rate_rise: figures.error_rate - base.error_rate,
    })
    .filter(|compared| compared.response_mean.is_finite() && compared.throughput.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish, PhaseRecord};

    fn run(name: &str, mean_us: f64, exit_code: u8) -> SuiteRunRecord {
        let mut record = Collector::default().finish(Finish::default());
        record.phases = vec![PhaseRecord::new("main", 0.0, 1.0)];
        record.totals.operations_succeeded = 10;
        record.totals.throughput_per_s = 100_000.0 / mean_us;
        record.totals.response_us.mean = mean_us;
        (record.totals.response_us.p95, record.totals.response_us.p99) = (mean_us as u64 * 2, mean_us as u64 * 3);
        record.exit_code = exit_code;
        record.verdict = if exit_code == 0 { Verdict::Passed } else { Verdict::Failed };
        record.reasons = if exit_code == 0 { Vec::new() } else { vec!["a rule failed".to_owned()] };
        suite_run(name, "", &record)
    }

    fn suite(runs: Vec<SuiteRunRecord>) -> SuiteRecord {
        let mut record = SuiteRecord {
            schema: crate::record::SUITE_SCHEMA,
            throng: String::new(),
            suite: "all".to_owned(),
            about: String::new(),
            mode: None,
            environment: None,
            scale: 1.0,
            started_at: String::new(),
            duration_s: 0.0,
            baseline: Some("base".to_owned()),
            verdict: Verdict::Passed,
            exit_code: 0,
            reasons: Vec::new(),
            runs,
        };
        conclude_suite(&mut record);
        record
    }

    #[test]
    fn a_suite_is_as_bad_as_its_worst_run() {
        for (codes, exit_code, verdict) in [
            (vec![0, 0], 0, Verdict::Passed),
            (vec![0, 3], 3, Verdict::Failed),
            (vec![1, 3], 1, Verdict::Aborted),
            (vec![4, 1, 3], 4, Verdict::Aborted),
            (vec![4, 130, 0], 130, Verdict::Interrupted),
        ] {
            let suite = suite(codes.iter().map(|code| run("r", 1000.0, *code)).collect());
            assert_eq!((suite.exit_code, suite.verdict), (exit_code, verdict), "{codes:?}");
            assert_eq!(suite.reasons.len(), codes.iter().filter(|code| **code != 0).count());
        }
    }

    #[test]
    fn a_run_that_was_left_out_makes_a_suite_interrupted() {
        let suite = suite(vec![run("base", 1000.0, 0), SuiteRunRecord::left_out("rest", "", "office")]);
        assert_eq!((suite.exit_code, suite.verdict), (130, Verdict::Interrupted));
        assert_eq!(suite.reasons, ["run `rest` was not played"]);
    }

    #[test]
    fn runs_are_held_against_the_baseline_if_they_do_the_same_work() {
        let other = SuiteRunRecord { scenario: "other".to_owned(), ..run("other", 1000.0, 0) };
        let suite = suite(vec![run("base", 1000.0, 0), run("peak", 2500.0, 0), other]);
        let compared: Vec<_> = suite.runs.iter().map(|run| run.to_baseline.map(|c| c.response_mean)).collect();
        assert_eq!(compared, [None, Some(2.5), None]);
        let peak = suite.runs[1].to_baseline.expect("it is compared");
        assert_eq!((peak.throughput, peak.response_p95, peak.error_rate_rise), (0.4, 2.5, 0.0));
    }
}
