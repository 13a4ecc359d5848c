//! A row for each interval.

use super::Columns;
use crate::record::{IntervalRecord, Record};
use crate::report::ReportError;

/// The table of a record's intervals.
pub(in crate::report) fn render(record: &Record) -> Result<String, ReportError> {
    columns().table(&record.intervals)
}

fn columns() -> Columns<IntervalRecord> {
    Columns::<IntervalRecord>::new()
        .with("start_s", |i| i.start_s)
        .with("length_s", |i| i.length_s)
        .with("phase", |i| i.phase.clone())
        .with("users", |i| i.users)
        .with("offered", |i| i.iterations.offered)
        .with("started", |i| i.iterations.started)
        .with("dropped", |i| i.iterations.dropped)
        .with("succeeded", |i| i.iterations.succeeded)
        .with("failed", |i| i.iterations.failed)
        .with("unfinished", |i| i.iterations.unfinished)
        .with("in_time", |i| i.iterations.in_time)
        .with("late", |i| i.iterations.late)
        .with("operations_succeeded", |i| i.operations_succeeded)
        .with("operations_failed", |i| i.operations_failed)
        .with("throughput_per_s", |i| i.throughput_per_s)
        .with_times("response", |i| i.times(&i.response_us))
        .with_times("wait", |i| i.times(&i.wait_us))
        .with_times("pool", |i| i.times(&i.pool_us))
        .with_times("service", |i| i.times(&i.service_us))
        .with("errors", |i| i.errors.iter().map(|error| error.count).sum::<u64>())
        .with("pool_size", |i| i.pools.iter().map(|pool| pool.size).sum::<u64>())
        .with("pool_in_use", |i| i.pools.iter().map(|pool| pool.in_use).sum::<u64>())
        .with("pool_waiters", |i| i.pools.iter().map(|pool| pool.waiters).sum::<u64>())
        .with("generator_cpu_percent", |i| i.generator.cpu_percent)
        .with("generator_loop_lag_p99_us", |i| i.generator.loop_lag_us.p99)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn each_interval_is_a_row_and_the_sums_are_those_of_the_run() {
        let record = sample::record();
        let text = render(&record).expect("it can be written");
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let headings = reader.headers().expect("there are headings").clone();
        let at = headings.iter().position(|heading| heading == "operations_failed").expect("it is a column");
        let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("it is a table");
        assert_eq!(rows.len(), record.intervals.len());
        for (row, interval) in rows.iter().zip(&record.intervals) {
            let at = headings.iter().position(|heading| heading == "response_p99_us").expect("it is a column");
            assert_eq!(row[at].is_empty(), interval.operations_succeeded + interval.operations_failed == 0);
        }
        let failed: u64 = rows.iter().map(|row| row[at].parse::<u64>().expect("it is a number")).sum();
        assert_eq!(failed, record.operations.iter().map(|operation| operation.failed).sum::<u64>());
    }
}
