//! Test cases in JUnit's XML, as CI servers read it: the run itself, its thresholds, its budget, what `verify` looked at.
//!
//! A run whose exit status is not 0 has a case that failed, and one whose status is 0 has none.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::ReportError;
use super::document::observed;
use crate::record::{Record, Verdict};

/// The document of a record.
pub(super) fn render(record: &Record) -> Result<String, ReportError> {
    let name = &record.scenario.name;
    let mut report = Report::new(format!("throng {name}"));
    report.set_time(seconds(record.duration_s));
    let suites = [
        ("run", vec![run(record)]),
        ("thresholds", rules(record, false)),
        ("budget", rules(record, true)),
        ("verify", checks(record)),
    ];
    for (part, mut cases) in suites.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        for case in &mut cases {
            case.set_classname(format!("throng.{name}.{part}"));
        }
        let mut suite = TestSuite::new(format!("{name}: {part}"));
        suite.add_test_cases(cases);
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

/// Whether the load was played to its end, and got something done.
fn run(record: &Record) -> TestCase {
    let judged = record.thresholds.iter().any(|threshold| !threshold.passed) || record.checks.iter().any(|c| !c.passed);
    let kind = match record.verdict {
        Verdict::Passed | Verdict::Warning => None,
        // What failed is a case of its own.
        Verdict::Failed if judged => None,
        Verdict::Failed => Some(NonSuccessKind::Failure),
        Verdict::Aborted | Verdict::Interrupted => Some(NonSuccessKind::Error),
    };
    let mut case = self::case("the load is played to its end", kind, || record.reasons.join("\n"));
    case.set_time(seconds(record.duration_s));
    case
}

/// The thresholds, or the rules of the budget.
fn rules(record: &Record, budget: bool) -> Vec<TestCase> {
    let cases = record.thresholds.iter().filter(|rule| rule.budget == budget).map(|threshold| {
        let kind = (!threshold.passed).then_some(NonSuccessKind::Failure);
        let said = || {
            let figure = threshold.observed.map(|_| format!("observed {}", observed(threshold)));
            figure.into_iter().chain(threshold.note.clone()).collect::<Vec<_>>().join(", ")
        };
        let mut case = case(&threshold.rule, kind, said);
        // The format knows no warnings, but readers show what a case has printed.
        if threshold.warning {
            case.set_system_out(format!("warning: {}", said()));
        }
        case
    });
    cases.collect()
}

fn checks(record: &Record) -> Vec<TestCase> {
    let cases = record.checks.iter().map(|check| {
        let kind = (!check.passed).then_some(NonSuccessKind::Failure);
        case(&check.name, kind, || check.message.clone().unwrap_or_default())
    });
    cases.collect()
}

fn case(name: &str, kind: Option<NonSuccessKind>, message: impl FnOnce() -> String) -> TestCase {
    let status = match kind {
        None => TestCaseStatus::success(),
        Some(kind) => {
            let mut status = TestCaseStatus::non_success(kind);
            status.set_message(message());
            status
        }
    };
    TestCase::new(name, status)
}

fn seconds(s: f64) -> Duration {
    Duration::try_from_secs_f64(s).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_test_cases_of_a_run() {
        insta::assert_snapshot!(render(&sample::record()).expect("it can be written"));
    }

    #[test]
    fn a_run_that_did_not_pass_has_a_case_that_did_not() {
        let mut record = sample::record();
        record.thresholds.clear();
        record.checks.clear();
        for (verdict, counts) in [
            (Verdict::Passed, r#"failures="0" errors="0""#),
            (Verdict::Warning, r#"failures="0" errors="0""#),
            (Verdict::Failed, r#"failures="1" errors="0""#),
            (Verdict::Aborted, r#"failures="0" errors="1""#),
            (Verdict::Interrupted, r#"failures="0" errors="1""#),
        ] {
            record.verdict = verdict;
            let text = render(&record).expect("it can be written");
            assert!(text.contains(counts), "{verdict}: {text}");
        }
    }
}
