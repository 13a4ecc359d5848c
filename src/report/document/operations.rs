//! Each operation of each persona.

use super::model::columns;
use super::{Block, Cell, Section, Table, Tone};
use crate::record::{OperationRecord, Record};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let operations: Vec<&OperationRecord> =
        record.measured_operations().filter(|operation| operation.over() > 0).collect();
    if operations.is_empty() {
        return None;
    }
    let columns =
        columns("Operation", &["Count", "Failed", "Mean", "Median", "p95", "p99", "Max"], &["Median", "Max", "p95"]);
    let rows = grouped(&operations, columns.len(), |operation| operation, |operation| row(operation));
    Some(Section::new("Operations", [Block::Table(Table { columns, rows })]))
}

/// A row for each of these, under headings that name the persona, and the phase where there are several.
pub(super) fn grouped<T>(
    told: &[T],
    columns: usize,
    operation: impl Fn(&T) -> &OperationRecord,
    row: impl Fn(&T) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let one_phase = told.windows(2).all(|pair| operation(&pair[0]).phase == operation(&pair[1]).phase);
    let mut rows = Vec::new();
    let mut heading = String::new();
    for each in told {
        let OperationRecord { persona, phase, .. } = operation(each);
        let wanted = if one_phase { persona.clone() } else { format!("{persona}, {phase}") };
        if wanted != heading {
            rows.push(self::heading(&wanted, columns));
            heading = wanted;
        }
        rows.push(row(each));
    }
    rows
}

/// A row that names the persona of those under it.
fn heading(name: &str, columns: usize) -> Vec<Cell> {
    let mut row = vec![Cell::from(""); columns];
    row[0] = Cell::from(name).tone(Tone::Strong);
    row
}

fn row(operation: &OperationRecord) -> Vec<Cell> {
    let times = &operation.response_us;
    let failed = Cell::from(human::count(operation.failed));
    let mut row: Vec<Cell> = vec![
        format!("  {}", operation.name).into(),
        human::count(operation.finished()).into(),
        if operation.failed > 0 { failed.tone(Tone::Bad) } else { failed },
    ];
    let figures = [times.mean, times.p50 as f64, times.p95 as f64, times.p99 as f64, times.max as f64];
    row.extend(figures.map(|us| match operation.finished() {
        0 => Cell::from("–"),
        _ => Cell::from(human::time_us(us)),
    }));
    row
}
