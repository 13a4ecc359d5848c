//! The verdict on a run, and the exit status that follows from it.

use super::{breakdown, capacity, findings, generator};
use crate::record::{Record, ThresholdRecord, Verdict};
use crate::stats::OUTSIDE;

/// How the play came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The load was played to its end.
    Completed,
    /// A signal asked for the end.
    Interrupted,
    /// A threshold with `abort` was broken: the rule as written.
    Threshold(String),
    /// It could not go on: a target was lost for good, `setup` failed, the script has a bug.
    Incomplete(String),
    /// It was refused for safety before any load.
    Refused(String),
}

/// Fills in what a record says in judgement: the generator's health, verdict, reasons, exit status and findings.
pub fn conclude(record: &mut Record, ending: &Ending) {
    breakdown::fill(record);
    record.generator.reasons = generator::reasons(&record.generator);
    record.generator.suspect = !record.generator.reasons.is_empty();
    capacity::fill(record);
    (record.verdict, record.exit_code) = judge(record, ending);
    record.reasons = reasons(record, ending);
    findings::fill(record);
}

fn judge(record: &Record, ending: &Ending) -> (Verdict, u8) {
    match ending {
        Ending::Interrupted => (Verdict::Interrupted, 130),
        Ending::Threshold(_) => (Verdict::Aborted, 3),
        Ending::Incomplete(_) => (Verdict::Aborted, 1),
        Ending::Refused(_) => (Verdict::Aborted, 4),
        Ending::Completed if broken_rules(record) > 0 => (Verdict::Failed, 3),
        // Whatever the rules say, a run that got nothing done shows nothing.
        Ending::Completed if nothing_done(record).is_some() => (Verdict::Failed, 1),
        Ending::Completed if warned(record).next().is_some() => (Verdict::Warning, 0),
        Ending::Completed => (Verdict::Passed, 0),
    }
}

/// In what way a run got nothing done, if it did not.
fn nothing_done(record: &Record) -> Option<String> {
    let (totals, iterations) = (&record.totals, &record.totals.iterations);
    let said = match () {
        () if totals.operations_succeeded > 0 && iterations.succeeded > 0 => return None,
        () if totals.operations_succeeded > 0 => "no iteration succeeded".to_owned(),
        () if iterations.started == 0 => "no operation succeeded".to_owned() + &not_started(record),
        () if iterations.succeeded > 0 && record.operations.is_empty() => format!(
            "no operation was played, though {} iterations succeeded: what a flow does counts within `user:operation`",
            iterations.succeeded
        ),
        () => "no operation succeeded".to_owned(),
    };
    Some(said)
}

/// Why no iteration was even begun, if users met errors before their first.
fn not_started(record: &Record) -> String {
    let errors: Vec<_> = record.errors.iter().filter(|error| error.operation == OUTSIDE).collect();
    let count: u64 = errors.iter().map(|error| error.count).sum();
    errors.first().map_or_else(String::new, |first| format!(", since `start` failed {count}×: {}", first.first_message))
}

/// Thresholds and checks that failed.
fn broken_rules(record: &Record) -> usize {
    let thresholds = record.thresholds.iter().filter(|threshold| !threshold.passed).count();
    thresholds + record.checks.iter().filter(|check| !check.passed).count()
}

/// Thresholds that warned.
fn warned(record: &Record) -> impl Iterator<Item = &ThresholdRecord> {
    record.thresholds.iter().filter(|threshold| threshold.warning)
}

fn reasons(record: &Record, ending: &Ending) -> Vec<String> {
    let ended = match ending {
        Ending::Completed => None,
        Ending::Interrupted => Some("stopped by hand or by a signal".to_owned()),
        Ending::Threshold(rule) => Some(format!("threshold `{rule}` ended the run")),
        Ending::Incomplete(reason) | Ending::Refused(reason) => Some(reason.clone()),
    };
    let nothing = nothing_done(record);
    let became = |threshold: &ThresholdRecord, what: &str| {
        let note = threshold.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        format!("{} `{}` {what}{note}", threshold.kind(), threshold.rule)
    };
    let thresholds =
        record.thresholds.iter().filter(|threshold| !threshold.passed).map(|threshold| became(threshold, "failed"));
    let checks = record.checks.iter().filter(|check| !check.passed).map(|check| {
        let message = check.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        format!("{} failed{message}", check.name)
    });
    let mut reasons: Vec<String> = ended.into_iter().chain(nothing).collect();
    // A rule that ended the run is told once.
    reasons.extend(thresholds.filter(|_| !matches!(ending, Ending::Threshold(_))));
    reasons.extend(checks);
    reasons.extend(warned(record).map(|threshold| became(threshold, "warned")));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{CheckRecord, Collector, Finish, ThresholdUnit};

    fn record(succeeded: u64, threshold: Option<bool>, check: Option<bool>) -> Record {
        let thresholds = threshold.map(|passed| ThresholdRecord {
            rule: "errors.rate < 1%".into(),
            budget: false,
            observed: None,
            unit: ThresholdUnit::Share,
            passed,
            warning: false,
            note: None,
        });
        let checks = check.map(|passed| CheckRecord { name: "members".into(), passed, message: None });
        let mut record = Collector::default().finish(Finish {
            thresholds: thresholds.into_iter().collect(),
            checks: checks.into_iter().collect(),
            ..Finish::default()
        });
        record.totals.operations_succeeded = succeeded;
        record.totals.iterations.succeeded = succeeded;
        record
    }

    #[test]
    fn a_run_without_an_iteration_that_succeeded_is_never_green() {
        let mut record = record(6, Some(true), Some(true));
        record.totals.iterations.succeeded = 0;
        conclude(&mut record, &Ending::Completed);
        assert_eq!((record.verdict, record.exit_code), (Verdict::Failed, 1));
        assert_eq!(record.reasons, ["no iteration succeeded"]);
    }

    #[test]
    fn why_nothing_was_done_is_told() {
        let mut flow = record(0, None, None);
        (flow.totals.iterations.started, flow.totals.iterations.succeeded) = (6, 6);
        conclude(&mut flow, &Ending::Completed);
        assert!(flow.reasons[0].contains("though 6 iterations succeeded"), "{:?}", flow.reasons);
        assert!(flow.reasons[0].contains("`user:operation`"), "{:?}", flow.reasons);
        let mut start = record(0, None, None);
        start.errors = vec![crate::record::ErrorRecord {
            class: "script bug".into(),
            operation: OUTSIDE.into(),
            persona: "p".into(),
            phase: "main".into(),
            count: 30,
            first_message: "a.lua:3: no account".into(),
        }];
        conclude(&mut start, &Ending::Completed);
        assert_eq!(start.reasons, ["no operation succeeded, since `start` failed 30×: a.lua:3: no account"]);
    }

    #[test]
    fn a_warning_is_told_and_fails_nothing() {
        let mut warned = record(1, Some(true), Some(true));
        warned.thresholds[0].warning = true;
        conclude(&mut warned, &Ending::Completed);
        assert_eq!((warned.verdict, warned.exit_code), (Verdict::Warning, 0));
        assert_eq!(warned.reasons, ["threshold `errors.rate < 1%` warned"]);
        let mut failed = record(1, Some(true), Some(false));
        failed.thresholds[0].warning = true;
        conclude(&mut failed, &Ending::Completed);
        assert_eq!((failed.verdict, failed.exit_code, failed.reasons.len()), (Verdict::Failed, 3, 2));
    }

    #[test]
    fn every_ending_has_its_verdict_and_exit_status() {
        let incomplete = Ending::Incomplete("setup failed".into());
        let threshold = Ending::Threshold("errors.rate < 1%".into());
        for (ending, record, verdict, exit_code) in [
            (Ending::Completed, record(1, None, None), Verdict::Passed, 0),
            (Ending::Completed, record(1, Some(true), Some(true)), Verdict::Passed, 0),
            (Ending::Completed, record(1, Some(false), None), Verdict::Failed, 3),
            (Ending::Completed, record(1, None, Some(false)), Verdict::Failed, 3),
            (Ending::Completed, record(0, None, None), Verdict::Failed, 1),
            (Ending::Completed, record(0, Some(true), Some(true)), Verdict::Failed, 1),
            (Ending::Interrupted, record(1, Some(false), None), Verdict::Interrupted, 130),
            (threshold, record(1, Some(false), None), Verdict::Aborted, 3),
            (incomplete, record(0, None, None), Verdict::Aborted, 1),
        ] {
            let mut record = record;
            conclude(&mut record, &ending);
            assert_eq!((record.verdict, record.exit_code), (verdict, exit_code), "{ending:?}");
            assert_eq!(record.reasons.is_empty(), verdict == Verdict::Passed, "{ending:?}: {:?}", record.reasons);
        }
    }
}
