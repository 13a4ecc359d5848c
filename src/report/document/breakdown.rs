//! Where the time of each operation went.

use super::model::columns;
use super::operations::grouped;
use super::{Block, Cell, Section, Table};
use crate::record::{BreakdownRecord, OperationRecord, Record};
use crate::report::human;

/// What of the server's time is less than this share of it is not worth a word.
const WORTH_A_WORD: f64 = 0.1;

/// Waits that are named for one operation.
const NAMED: usize = 2;

pub(super) fn section(record: &Record) -> Option<Section> {
    let told: Vec<(&OperationRecord, &BreakdownRecord)> = record
        .measured_operations()
        .filter_map(|operation| Some((operation, operation.breakdown_us.as_ref()?)))
        .collect();
    if told.is_empty() {
        return None;
    }
    let figures = ["Mean", "Wait", "Pool", "Client", "Network", "Server", "Unknown"];
    let mut columns = columns("Operation", &figures, &["Wait", "Client"]);
    columns.push(super::Column::text("Server, of which"));
    let rows = grouped(&told, columns.len(), |(operation, _)| operation, |(operation, parts)| row(operation, parts));
    Some(Section::new("Where the time went", [Block::Table(Table { columns, rows })]))
}

fn row(operation: &OperationRecord, parts: &BreakdownRecord) -> Vec<Cell> {
    let figures = parts.parts().map(|(_, us)| if us > 0.0 { human::time_us(us).into() } else { Cell::from("–") });
    let mut row: Vec<Cell> =
        vec![format!("  {}", operation.name).into(), human::time_us(operation.response_us.mean).into()];
    row.extend(figures);
    row.push(events(parts).into());
    row
}

/// What the server's time went to, the most first: `4.10 ms Lock:transactionid`.
fn events(parts: &BreakdownRecord) -> String {
    let worth_a_word = |us: f64| us > 0.0 && us >= WORTH_A_WORD * parts.server;
    let mut events: Vec<_> = parts.events.iter().filter(|(_, us)| worth_a_word(**us)).collect();
    events.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let named = events.iter().take(NAMED).map(|(event, us)| format!("{} {event}", human::time_us(**us)));
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_that_matter_are_named_the_longest_first() {
        let events = [("CPU", 1_000.0), ("IO:WALSync", 500.0), ("Lock:transactionid", 8_000.0), ("Lock:tuple", 500.0)];
        let parts = BreakdownRecord {
            server: 10_000.0,
            events: events.map(|(event, us)| (event.to_owned(), us)).into(),
            ..BreakdownRecord::default()
        };
        assert_eq!(super::events(&parts), "8.00 ms Lock:transactionid, 1.00 ms CPU");
        assert_eq!(super::events(&BreakdownRecord::default()), "");
    }
}
