//! A comparison in a few plain sentences, for people who don't read tables.

use super::document::{change, show};
use crate::record::{ChangeVerdict, ComparedRecord, ComparisonRecord};
use crate::report::human;

/// What came of it, what moved most, and how much runs differ anyway.
pub fn summary(record: &ComparisonRecord) -> Vec<String> {
    [Some(verdict(record)), moved(record), noise(record)].into_iter().flatten().collect()
}

fn verdict(record: &ComparisonRecord) -> String {
    let (base, new) = (&record.base.name, &record.new.name);
    if record.figures.is_empty() {
        return "There is nothing to compare: some run got nothing done.".to_owned();
    }
    if let Some(failed) = record.wholly_failed() {
        let runs = human::things(record.new.runs.len() as u64, "run");
        return format!("{new} fails: in {failed} of its {runs} no operation succeeded, while {base} had none such.");
    }
    if record.indicative {
        return format!(
            "{new} was held against {base} by too few runs for a verdict; what differs below may be chance, three or more runs a side \
             would tell."
        );
    }
    let count = |verdict| record.figures.iter().filter(|figure| figure.verdict == verdict).count() as u64;
    match record.verdict {
        ChangeVerdict::Worse => {
            let better = match count(ChangeVerdict::Better) {
                0 => String::new(),
                better => format!(", though {} got better", human::things(better, "figure")),
            };
            format!(
                "{new} is worse than {base}: {} got worse{better}.",
                human::things(count(ChangeVerdict::Worse), "figure")
            )
        }
        ChangeVerdict::Better => format!(
            "{new} is better than {base}: {} got better and none worse.",
            human::things(count(ChangeVerdict::Better), "figure")
        ),
        ChangeVerdict::Unchanged => {
            format!("{new} is as good as {base}: nothing changed by {} or more.", human::share(record.min_change))
        }
        ChangeVerdict::Unclear if count(ChangeVerdict::Better) > 0 => format!(
            "{} of {new} got better than of {base}, but others speak against it; whether {new} is better can't be told.",
            human::things(count(ChangeVerdict::Better), "figure")
        ),
        ChangeVerdict::Unclear => format!(
            "Whether {new} differs from {base} by {} or more can't be told: the runs of a side differ too much, or are too few.",
            human::share(record.min_change)
        ),
    }
}

/// The figure of the whole run that changed most.
fn moved(record: &ComparisonRecord) -> Option<String> {
    let size = |figure: &ComparedRecord| figure.change.unwrap_or_default().abs();
    let whole = record.figures.iter().filter(|figure| figure.operation.is_none() && figure.name != "errors.rate");
    // What is certain to have moved comes before what may only have.
    let certain = |figure: &ComparedRecord| figure.verdict == record.verdict;
    let most = whole.max_by(|a, b| certain(a).cmp(&certain(b)).then(size(a).total_cmp(&size(b))))?;
    // Of a few runs the interval is only that of the runs themselves.
    let told = !record.indicative && most.base_median != 0.0;
    let interval = most.low.zip(most.high).filter(|_| told).map(|(low, high)| {
        let of = |shift: f64| change(most, shift / most.base_median);
        format!(", and between {} and {} with 95 % certainty", of(low), of(high))
    });
    Some(format!(
        "Most moved `{}`, from {} to {} ({}{}).",
        most.name,
        show(most.unit, most.base_median),
        show(most.unit, most.new_median),
        most.change.map_or_else(|| "–".to_owned(), |value| change(most, value)),
        interval.unwrap_or_default()
    ))
}

fn noise(record: &ComparisonRecord) -> Option<String> {
    let noise = record.figures.iter().find(|figure| figure.name == "response.mean")?.noise?;
    Some(format!(
        "Two runs of {} differ by {} in their mean response time though nothing was changed.",
        record.base.name,
        human::share(noise)
    ))
}
