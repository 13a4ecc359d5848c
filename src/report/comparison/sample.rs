//! Comparisons in which everything happened that a report can tell of.

use super::Comparison;
use crate::analysis::{PlayedRun, Side, compare, unlike};
use crate::record::Record;
use crate::report::sample;

/// Five runs a side: the new ones take longer by a sixth, one operation by half; a parameter was changed.
pub fn comparison() -> Comparison {
    let base: Vec<PlayedRun> = (0..5).map(|at| played("base", at, 1.0 + 0.01 * f64::from(at))).collect();
    let mut new: Vec<PlayedRun> = (0..5).map(|at| played("new", at, 1.17 + 0.01 * f64::from(at))).collect();
    for run in &mut new {
        run.record.scenario.params.insert("members".into(), 50_000.into());
        for operation in run.record.operations.iter_mut().filter(|operation| operation.name == "create_member") {
            operation.response_us.mean *= 1.5;
        }
    }
    of(base, new)
}

/// One run a side.
pub fn single() -> Comparison {
    of(vec![played("base", 0, 1.0)], vec![played("new", 0, 1.1)])
}

fn of(base: Vec<PlayedRun>, new: Vec<PlayedRun>) -> Comparison {
    let (a, b) = (Side { name: "base", runs: &base }, Side { name: "new", runs: &new });
    let record = compare(a, b, 0.05, unlike(a, b).between);
    Comparison { record, base, new }
}

/// A run that takes so many times as long.
fn played(side: &str, at: u32, slower: f64) -> PlayedRun {
    let mut record: Record = sample::record();
    record.run_id = format!("{side}{at}");
    record.seed = u64::from(at);
    record.generator.suspect = side == "new" && at == 0;
    let totals = &mut record.totals;
    totals.throughput_per_s /= slower;
    let intervals = record.intervals.iter_mut().map(|interval| &mut interval.response_us);
    let operations = record.operations.iter_mut().map(|operation| &mut operation.response_us);
    for times in intervals.chain(operations).chain([&mut totals.response_us]) {
        times.mean *= slower;
        for time in [&mut times.p50, &mut times.p95, &mut times.p99] {
            *time = (*time as f64 * slower) as u64;
        }
    }
    PlayedRun { path: format!("{side}-{at}.json"), record }
}
