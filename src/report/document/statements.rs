//! Labelled statements, those first that took the most time altogether.

use super::model::columns;
use super::{Block, Cell, Note, Section, Table, Tone};
use crate::record::{Record, StatementRecord};
use crate::report::human;

/// Statements shown; the record has them all.
const SHOWN: usize = 15;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.statements.is_empty() {
        return None;
    }
    let mut statements: Vec<&StatementRecord> = record.statements.iter().collect();
    statements.sort_by(|a, b| spent_us(b).total_cmp(&spent_us(a)));
    let all_us: f64 = statements.iter().map(|statement| spent_us(statement)).sum();
    let columns = columns(
        "Statement",
        &["Count", "Failed", "Rows", "Mean", "p95", "p99", "Max", "Of time"],
        &["Max", "Rows", "p95"],
    );
    let rows = statements.iter().take(SHOWN).map(|statement| row(statement, all_us)).collect();
    let mut blocks = vec![Block::Table(Table { columns, rows })];
    if statements.len() > SHOWN {
        let text = format!("{} further statements are in the record", statements.len() - SHOWN);
        blocks.push(Block::Notes(vec![Note::new(Tone::Plain, text)]));
    }
    Some(Section::new("Statements", blocks))
}

fn spent_us(statement: &StatementRecord) -> f64 {
    statement.time_us.mean * (statement.succeeded + statement.failed) as f64
}

fn row(statement: &StatementRecord, all_us: f64) -> Vec<Cell> {
    let times = &statement.time_us;
    let failed = Cell::from(human::count(statement.failed));
    vec![
        statement.label.as_str().into(),
        human::count(statement.succeeded + statement.failed).into(),
        if statement.failed > 0 { failed.tone(Tone::Bad) } else { failed },
        human::count(statement.rows).into(),
        human::time_us(times.mean).into(),
        human::time_us(times.p95 as f64).into(),
        human::time_us(times.p99 as f64).into(),
        human::time_us(times.max as f64).into(),
        human::share(if all_us > 0.0 { spent_us(statement) / all_us } else { 0.0 }).into(),
    ]
}
