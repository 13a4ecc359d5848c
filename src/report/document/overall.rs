//! The run in a few figures.

use super::{Block, Cell, Section, Tone};
use crate::analysis::{Limit, delivery};
use crate::record::Record;
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let totals = &record.totals;
    let finished = totals.operations_finished();
    let share = |part: u64| part as f64 / finished.max(1) as f64;
    let with_share = |part: u64| Cell::from(format!("{} ({})", human::count(part), human::share(share(part))));
    let failed = with_share(totals.operations_failed);
    let mut pairs: Vec<(&'static str, Cell)> = vec![
        ("Operations", human::count(finished).into()),
        ("Succeeded", with_share(totals.operations_succeeded)),
        ("Failed", if totals.operations_failed > 0 { failed.tone(Tone::Bad) } else { failed }),
    ];
    if totals.errors_outside > 0 {
        let text = format!("{}, outside operations", human::count(totals.errors_outside));
        pairs.push(("Errors", Cell::from(text).tone(Tone::Bad)));
    }
    if totals.operations_unfinished > 0 {
        let text = format!("{}, interrupted at the end", human::count(totals.operations_unfinished));
        pairs.push(("Unfinished", text.into()));
    }
    pairs.push(("Throughput", format!("{} operations a second", human::number(totals.throughput_per_s)).into()));
    if let Some(delivery) = delivery(record) {
        pairs.push(("Rate", rate(&delivery)));
    }
    pairs.push(("Iterations", iterations(record).into()));
    let traffic = format!("{} rows, {}", human::count(totals.rows), human::bytes(totals.bytes));
    pairs.push(("Data", traffic.into()));
    if totals.retries > 0 {
        pairs.push(("Retries", human::count(totals.retries).into()));
    }
    Some(Section::new("Overall results", [Block::Pairs(pairs)]))
}

/// The rate asked for beside the one delivered.
fn rate(delivery: &crate::analysis::Delivery) -> Cell {
    let text = format!(
        "{} iterations asked for, {} delivered",
        human::rate(delivery.asked_per_s),
        human::rate(delivery.delivered_per_s)
    );
    match delivery.limit {
        None => text.into(),
        Some(limit) => {
            let limit = match limit {
                Limit::Generator => "throng itself",
                Limit::Pool => "the pool of connections",
                Limit::Users => "every user was busy, so the target or `max_users`",
                Limit::Target => "the target",
            };
            Cell::from(format!("{text}; {limit} was the limit")).tone(Tone::Doubtful)
        }
    }
}

/// What became of the iterations; kinds that did not occur are left out.
fn iterations(record: &Record) -> String {
    let counts = &record.totals.iterations;
    let kinds = [
        (counts.offered, "offered"),
        (counts.dropped, "dropped"),
        (counts.succeeded, "succeeded"),
        (counts.failed, "failed"),
        (counts.unfinished, "unfinished"),
        (counts.late, "late"),
    ];
    let told: Vec<String> = kinds
        .iter()
        .filter(|(n, kind)| *n > 0 || *kind == "offered")
        .map(|(n, kind)| format!("{} {kind}", human::count(*n)))
        .collect();
    told.join(", ")
}
