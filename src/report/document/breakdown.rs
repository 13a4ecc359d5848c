//! Where the time of each operation went.

use super::operations::grouped;
use super::{Block, Cell, Column, Section, Table};
use crate::record::{BreakdownRecord, OperationRecord, Record};
use crate::report::human;

/// What of the server's time is less than this share of it is not worth a word.
const WORTH_A_WORD: f64 = 0.1;

/// Waits that are named for one operation.
const NAMED: usize = 2;

/// Headings of the parts, in the order of [`BreakdownRecord::parts`].
const PARTS: [&str; 6] = ["Wait", "Pool", "Client", "Network", "Server", "Unknown"];

pub(super) fn section(record: &Record) -> Option<Section> {
    let told: Vec<(&OperationRecord, &BreakdownRecord)> = record
        .measured_operations()
        .filter_map(|operation| Some((operation, operation.breakdown_us.as_ref()?)))
        .collect();
    if told.is_empty() {
        return None;
    }
    // A part that took no time anywhere needs no column; any other is needed, or the parts don't add up.
    let took_time = |part: usize| told.iter().any(|(_, parts)| parts.parts()[part].1 > 0.0);
    let shown: Vec<usize> = (0..PARTS.len()).filter(|&part| took_time(part)).collect();
    let mut columns = vec![Column::text("Operation"), Column::figures("Mean")];
    columns.extend(shown.iter().map(|&part| Column::figures(PARTS[part])));
    let split = told.iter().any(|(_, parts)| !events(parts).is_empty());
    columns.extend(split.then_some(Column { spare: Some(0), ..Column::text("Server, of which") }));
    let row = |(operation, parts): &(&OperationRecord, &BreakdownRecord)| row(operation, parts, &shown, split);
    let rows = grouped(&told, columns.len(), |(operation, _)| operation, row);
    Some(Section::new("Where the time went", [Block::Table(Table { columns, rows })]))
}

/// A row of the parts in `shown`, with what the server's time was `split` into if there is a column for it.
fn row(operation: &OperationRecord, parts: &BreakdownRecord, shown: &[usize], split: bool) -> Vec<Cell> {
    let figure = |us: f64| if us > 0.0 { human::time_us(us).into() } else { Cell::from("–") };
    let mut row: Vec<Cell> =
        vec![format!("  {}", operation.name).into(), human::time_us(operation.response_us.mean).into()];
    row.extend(shown.iter().map(|&part| figure(parts.parts()[part].1)));
    row.extend(split.then(|| Cell::from(events(parts))));
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
    use crate::report::{Style, sample, text};

    /// The section of a run whose operations took these parts, in text of so many columns.
    fn said(parts: &BreakdownRecord, width: u16) -> String {
        let mut record = sample::record();
        record.operations.truncate(1);
        record.operations[0].phase = crate::record::MAIN.to_owned();
        record.operations[0].name = "update_balance_of_member".to_owned();
        record.operations[0].breakdown_us = Some(parts.clone());
        text::sections(&[section(&record).expect("there are parts")], &Style::terminal(width, false))
    }

    #[test]
    fn no_part_of_the_sum_is_left_out_for_want_of_room() {
        let mut parts = BreakdownRecord {
            wait: 1_100_000.0,
            pool: 10_900.0,
            client: 535.0,
            network: 1_820.0,
            server: 101_000.0,
            unattributed: 2_000.0,
            events: [("Lock:transactionid".to_owned(), 90_000.0)].into(),
        };
        for width in [72, 100] {
            let said = said(&parts, width);
            for figure in ["1.10 s", "10.9 ms", "535 µs", "1.82 ms", "101 ms", "2.00 ms"] {
                assert!(said.contains(figure), "{width}: {figure}: {said}");
            }
            assert!(said.lines().all(|line| line.chars().count() <= usize::from(width)), "{said}");
        }
        assert!(said(&parts, 100).contains("Lock"), "{}", said(&parts, 100));
        parts = BreakdownRecord { pool: 0.0, unattributed: 0.0, events: Default::default(), ..parts };
        let said = said(&parts, 100);
        assert!(!["Pool", "Unknown", "of which"].iter().any(|empty| said.contains(empty)), "{said}");
        assert!(said.contains("update_balance_of_member"), "{said}");
    }

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
