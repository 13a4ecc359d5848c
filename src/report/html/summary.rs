//! The run in five plain sentences, for people who don't read charts.

use crate::analysis::{saturating, worked_too_much};
use crate::record::{OperationRecord, Record, Verdict};
use crate::report::human;

/// What happened, what users felt, what went wrong, where the time went, and whether to believe it.
pub(super) fn summary(record: &Record) -> Vec<String> {
    vec![verdict(record), felt(record), errors(record), time(record), trust(record)]
}

fn verdict(record: &Record) -> String {
    let done = human::count(record.totals.operations_succeeded);
    let played = format!("{done} operations succeeded in {}", human::seconds(record.duration_s));
    let broken = record.thresholds.iter().filter(|threshold| !threshold.passed).count()
        + record.checks.iter().filter(|check| !check.passed).count();
    let judged = record.thresholds.len() + record.checks.len();
    match record.verdict {
        Verdict::Passed if judged == 0 => format!("The run passed: {played}; nothing was asked of it."),
        Verdict::Passed => {
            format!("The run passed: {played}, and all it was to be held against held ({judged} of {judged}).")
        }
        Verdict::Warning => {
            let warned = record.thresholds.iter().filter(|threshold| threshold.warning).count();
            format!("The run passed: {played}, but {warned} of the {judged} it was held against warned.")
        }
        Verdict::Failed if broken == 0 => format!("The run failed: {played}."),
        Verdict::Failed => {
            format!("The run failed: {played}, but {broken} of the {judged} it was held against did not hold.")
        }
        Verdict::Aborted => format!("The run ended before its time: {played}."),
        Verdict::Interrupted => format!("The run was interrupted: until then {played}."),
    }
}

fn felt(record: &Record) -> String {
    let times = &record.totals.response_us;
    if record.totals.operations_finished() == 0 {
        return "No operation came to an end, so nothing can be said of response times.".to_owned();
    }
    let slowest = slowest(record)
        .map(|operation| {
            format!(
                "; slowest was `{}` with {} in the mean",
                operation.name,
                human::time_us(operation.response_us.mean)
            )
        })
        .unwrap_or_default();
    format!(
        "Half of all operations took at most {}, 95 of 100 at most {}{slowest}.",
        human::time_us(times.p50 as f64),
        human::time_us(times.p95 as f64)
    )
}

/// The operation with the longest mean, of those that were not rare.
fn slowest(record: &Record) -> Option<&OperationRecord> {
    let all = record.totals.operations_finished();
    let common = record.measured_operations().filter(|operation| operation.finished() * 1000 >= all);
    common.max_by(|a, b| a.response_us.mean.total_cmp(&b.response_us.mean)).filter(|operation| operation.finished() > 0)
}

fn errors(record: &Record) -> String {
    let totals = &record.totals;
    let (failed, outside, finished) = (totals.operations_failed, totals.errors_outside, totals.operations_finished());
    let share = || human::share(failed as f64 / finished.max(1) as f64);
    let failed = match failed {
        0 => "No operation failed".to_owned(),
        _ => format!("{} of {} failed ({})", human::count(failed), human::things(finished, "operation"), share()),
    };
    let outside = match outside {
        0 => String::new(),
        _ => format!("; {} met outside operations", human::things(outside, "error")),
    };
    let commonest = record.errors.iter().find(|error| record.is_measured(&error.phase));
    let commonest = commonest
        .filter(|_| totals.operations_failed + totals.errors_outside > 0)
        .map(|error| format!("; the most frequent was `{}` in `{}`", error.class, error.operation));
    format!("{failed}{outside}{}.", commonest.unwrap_or_default())
}

fn time(record: &Record) -> String {
    let totals = &record.totals;
    let parts = [
        (totals.wait_us.mean, "waiting for a user to take them up, so more came than could be served"),
        (totals.pool_us.mean, "waiting for a connection, so the pools were too small for the load"),
        (totals.service_us.mean, "being served by the target"),
    ];
    let (part, what) = parts.into_iter().fold((0.0, ""), |most, part| if part.0 > most.0 { part } else { most });
    if part <= 0.0 || totals.response_us.mean <= 0.0 {
        return "Where the time went cannot be told.".to_owned();
    }
    format!("Operations spent most of their time ({}) {what}.", human::share(part / totals.response_us.mean))
}

fn trust(record: &Record) -> String {
    let generator = &record.generator;
    match (generator.suspect, saturating(generator)) {
        (true, Some(busy)) => format!(
            "Doubt these figures: throng itself was the limit, since the scripts of `{}` took nearly all of a worker's time.",
            busy.persona
        ),
        (true, None) if worked_too_much(generator) => {
            "Doubt these figures: throng itself may have been the limit.".to_owned()
        }
        (true, None) => {
            "Doubt these figures: throng was kept waiting for a processor by others on its machine.".to_owned()
        }
        (false, _) => format!(
            "throng itself was not the limit: its workers were busy {:.0} % of the time.",
            generator.cpu_percent
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_run_is_told_in_five_sentences() {
        insta::assert_snapshot!(summary(&sample::record()).join("\n"));
        assert_eq!(summary(&sample::empty()).len(), 5);
    }

    #[test]
    fn errors_outside_operations_are_no_failed_operations() {
        let mut record = sample::record();
        record.totals.operations_succeeded = 213;
        (record.totals.operations_failed, record.totals.errors_outside) = (37, 20);
        let told = errors(&record);
        assert!(told.starts_with("37 of 250 operations failed (14.8 %); 20 errors met outside operations; "), "{told}");
        let pairs = crate::report::text::render(&record, &crate::report::Style::default());
        assert!(pairs.contains("37 (14.8 %)") && pairs.contains("20, outside operations"), "{pairs}");
    }
}
