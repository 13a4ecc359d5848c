//! A suite in which everything happened that a report can tell of.

use crate::analysis::{conclude_suite, suite_run};
use crate::record::{SUITE_SCHEMA, SuiteRecord, SuiteRunRecord, SuiteRunState, Verdict};
use crate::report::sample;

/// One run each: the baseline, one that is slower and failed, two side by side, one that was kept, one left out.
pub fn record() -> SuiteRecord {
    let run = |users: u64, slower: f64| {
        let mut record = sample::record();
        (record.verdict, record.exit_code) = (Verdict::Passed, 0);
        record.reasons.clear();
        record.load.groups[0].users = users;
        record.totals.response_us.mean *= slower;
        record.totals.throughput_per_s /= slower;
        record.generator.reasons.clear();
        record
    };
    let mut base = run(20, 1.0);
    (base.verdict, base.reasons) = (Verdict::Warning, vec!["threshold `cpu.mean < 80% warn` warned".to_owned()]);
    let mut peak = run(100, 2.5);
    (peak.verdict, peak.exit_code) = (Verdict::Failed, 3);
    peak.reasons = vec!["threshold `response.p95 < 500ms` failed".to_owned()];
    peak.generator.reasons = sample::record().generator.reasons;
    let other = run(5, 1.0);
    let beside = |name: &str, with: &str| SuiteRunRecord {
        scenario: "bench/tpcb".to_owned(),
        beside: vec![with.to_owned()],
        ..suite_run(name, "", &other)
    };
    let kept = SuiteRunRecord { state: SuiteRunState::Kept, ..suite_run("normal", "an ordinary day", &run(50, 1.1)) };
    let mut record = SuiteRecord {
        schema: SUITE_SCHEMA,
        throng: "0.1.0".to_owned(),
        suite: "day".to_owned(),
        about: "how the office bears a day".to_owned(),
        mode: Some("quick".to_owned()),
        environment: Some("ci".to_owned()),
        scale: 0.1,
        started_at: "2026-03-01T09:30:00.123456Z".to_owned(),
        duration_s: 93.0,
        baseline: Some("baseline".to_owned()),
        verdict: Verdict::Passed,
        exit_code: 0,
        reasons: Vec::new(),
        runs: vec![
            suite_run("baseline", "few users", &base),
            kept,
            suite_run("peak", "the busiest hour", &peak),
            beside("left", "right"),
            beside("right", "left"),
            SuiteRunRecord::left_out("endurance", "an hour", "office"),
        ],
    };
    conclude_suite(&mut record);
    record
}
