//! Annotations for GitHub Actions: what failed, where whoever looks at the run of a workflow sees it first.
//!
//! The commands of <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. A run that did not
//! pass has at least one error; rules that warned, and doubts about its figures, are warnings.

use super::document::observed;
use crate::analysis::worked_too_much;
use crate::record::{Record, ThresholdRecord, Verdict};

/// One line an annotation.
pub(super) fn render(record: &Record) -> String {
    let name = &record.scenario.name;
    let told = |kind: &str, threshold: &ThresholdRecord| {
        let figure = threshold.observed.map(|_| format!("observed {}", observed(threshold)));
        let said: Vec<String> = figure.into_iter().chain(threshold.note.clone()).collect();
        let of = if threshold.budget { "budget " } else { "" };
        command(kind, &format!("{name}: {of}{}", threshold.rule), &said.join(", "))
    };
    let failed = record.thresholds.iter().filter(|threshold| !threshold.passed).map(|failed| told("error", failed));
    let checks = record.checks.iter().filter(|check| !check.passed).map(|check| {
        command("error", &format!("{name}: {}", check.name), check.message.as_deref().unwrap_or("it did not hold"))
    });
    let mut lines: Vec<String> = failed.chain(checks).collect();
    // What failed neither a rule nor a check, and what did not get to its end.
    let passed = matches!(record.verdict, Verdict::Passed | Verdict::Warning);
    if !passed && (lines.is_empty() || record.verdict != Verdict::Failed) {
        lines.insert(0, command("error", &format!("{name}: {}", record.verdict), &record.reasons.join("\n")));
    }
    lines.extend(record.thresholds.iter().filter(|threshold| threshold.warning).map(|warned| told("warning", warned)));
    if record.generator.suspect {
        let title = match worked_too_much(&record.generator) {
            true => format!("{name}: throng itself may have been the limit"),
            false => format!("{name}: throng was kept waiting for a processor"),
        };
        lines.push(command("warning", &title, &record.generator.reasons.join("\n")));
    }
    lines.concat()
}

fn command(kind: &str, title: &str, message: &str) -> String {
    format!("::{kind} title={}::{}\n", property(title), data(message))
}

/// A message, whose line ends must not end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value, which must not end it either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_failed_is_an_error_each() {
        insta::assert_snapshot!(render(&sample::record()));
    }

    #[test]
    fn a_run_that_did_not_pass_has_an_error_and_one_that_did_has_none() {
        let mut record = sample::record();
        record.thresholds.clear();
        record.checks.clear();
        for verdict in [Verdict::Failed, Verdict::Aborted, Verdict::Interrupted] {
            record.verdict = verdict;
            assert!(render(&record).starts_with("::error title=office%3A "), "{verdict}");
        }
        record.verdict = Verdict::Passed;
        assert!(!render(&record).contains("::error"));
    }
}
