//! A row for each operation of each persona in each phase.

use super::Columns;
use crate::record::{BreakdownRecord, OperationRecord, Record};
use crate::report::ReportError;

/// The table of a record's operations.
pub(in crate::report) fn render(record: &Record) -> Result<String, ReportError> {
    columns(record).table(&record.operations)
}

fn columns(record: &Record) -> Columns<OperationRecord> {
    let unmeasured: Vec<String> =
        record.operations.iter().map(|o| &o.phase).filter(|phase| !record.is_measured(phase)).cloned().collect();
    let columns = Columns::<OperationRecord>::new()
        .with("persona", |o| o.persona.clone())
        .with("operation", |o| o.name.clone())
        .with("phase", |o| o.phase.clone())
        .with("measured", move |o| !unmeasured.contains(&o.phase))
        .with("succeeded", |o| o.succeeded)
        .with("failed", |o| o.failed)
        .with("unfinished", |o| o.unfinished)
        .with("in_time", |o| o.in_time)
        .with("retries", |o| o.retries)
        .with("rows", |o| o.rows)
        .with("bytes", |o| o.bytes)
        .with_times("response", |o| o.times(&o.response_us))
        .with_times("wait", |o| o.times(&o.wait_us))
        .with_times("pool", |o| o.times(&o.pool_us))
        .with_times("service", |o| o.times(&o.service_us));
    // An operation of which no server told its time has no parts.
    BreakdownRecord::default().parts().into_iter().enumerate().fold(columns, |columns, (place, (part, _))| {
        columns.with(&format!("breakdown_{part}_us"), move |o: &OperationRecord| {
            o.breakdown_us.as_ref().map_or_else(String::new, |breakdown| breakdown.parts()[place].1.to_string())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn each_operation_is_a_row_with_its_figures() {
        let mut record = sample::record();
        record.operations[0].name = "a \"quoted\", name".into();
        record.operations[0].breakdown_us = Some(BreakdownRecord { server: 1.5, ..BreakdownRecord::default() });
        let text = render(&record).expect("it can be written");
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let headings = reader.headers().expect("there are headings").clone();
        let at = |name: &str| headings.iter().position(|heading| heading == name).expect("it is a column");
        let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("it is a table");
        assert_eq!(rows.len(), record.operations.len());
        for (row, operation) in rows.iter().zip(&record.operations) {
            assert_eq!(row[at("operation")], operation.name);
            assert_eq!(row[at("measured")], record.is_measured(&operation.phase).to_string());
            assert_eq!(row[at("succeeded")].parse(), Ok(operation.succeeded));
            assert_eq!(row[at("response_p99_us")].parse(), Ok(operation.response_us.p99));
        }
        assert_eq!(&rows[0][at("breakdown_server_us")], "1.5");
        assert_eq!(&rows[1][at("breakdown_server_us")], "");
    }
}
