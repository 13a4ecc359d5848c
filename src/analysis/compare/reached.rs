//! Which operations a side got to at all: of what is gone there are no times that could be worse.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::LEAST_ENDED;
use super::whole::{PlayedRun, Side};
use crate::record::{Record, UnlikeRecord};

/// Operations of which every run of `side` has enough to be compared, and no run of `other` has enough, or a tenth of it.
pub(super) fn only_of(side: Side<'_>, other: Side<'_>) -> Vec<String> {
    let of = |side: Side<'_>| -> Vec<BTreeMap<String, u64>> { side.runs.iter().map(ended).collect() };
    let (these, others) = (of(side), of(other));
    if these.is_empty() || others.is_empty() {
        return Vec::new();
    }
    let names: BTreeSet<&String> = these.iter().flat_map(BTreeMap::keys).collect();
    let count = |run: &BTreeMap<String, u64>, name: &String| run.get(name).copied().unwrap_or_default();
    let gone = names.into_iter().filter(|name| {
        let least = these.iter().map(|run| count(run, name)).min().unwrap_or_default();
        let most = others.iter().map(|run| count(run, name)).max().unwrap_or_default();
        least >= LEAST_ENDED && most < LEAST_ENDED.min(least / 10)
    });
    gone.cloned().collect()
}

/// Operations that only one side has.
pub(super) fn unlike(base: Side<'_>, new: Side<'_>) -> Option<UnlikeRecord> {
    let (gone, come) = (only_of(base, new), only_of(new, base));
    let told = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let what = "operations that only one side has".to_owned();
    (!gone.is_empty() || !come.is_empty()).then(|| UnlikeRecord { what, base: told(&gone), new: told(&come) })
}

/// A run in which nothing came to an end.
pub(super) fn nothing(record: &Record) -> Option<UnlikeRecord> {
    let what = format!("operations of run {}", record.run_id);
    let unlike = UnlikeRecord { what, base: "some".to_owned(), new: "none came to an end".to_owned() };
    (record.totals.operations_finished() == 0).then_some(unlike)
}

/// How many of each operation came to an end in the measured part.
fn ended(run: &PlayedRun) -> BTreeMap<String, u64> {
    let mut ended = BTreeMap::new();
    for operation in run.record.measured_operations() {
        *ended.entry(operation.name.clone()).or_default() += operation.finished();
    }
    ended
}
