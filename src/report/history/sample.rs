//! A history in which everything happened that a report can tell of.

use crate::analysis::{PlayedRun, SeenRun, history as of_runs};
use crate::record::{HistoryRecord, Verdict};
use crate::report::sample;

/// Eighteen runs, of which the last six take longer by a fifth, and two with more workers.
pub fn history() -> HistoryRecord {
    let runs = (0..20u32).map(|at| {
        let slower = if at >= 12 { 1.2 } else { 1.0 } + 0.01 * f64::from(at * 7 % 5);
        let mut record = sample::record();
        record.verdict = Verdict::Passed;
        record.run_id = format!("run{at:02}");
        record.started_at = format!("2026-03-{:02}T02:00:00Z", at + 1);
        record.throng = if at >= 12 { "0.2.0" } else { "0.1.0" }.to_owned();
        record.workers = if at >= 18 { 4 } else { 2 };
        record.totals.throughput_per_s /= slower;
        let times = &mut record.totals.response_us;
        times.mean *= slower;
        for time in [&mut times.p50, &mut times.p95, &mut times.p99] {
            *time = (*time as f64 * slower) as u64;
        }
        SeenRun::from(&PlayedRun { path: format!("{at}.json"), record })
    });
    of_runs(runs.collect(), 0.05, vec!["`notes.json` is no record of a run: missing field `schema`".to_owned()])
}
