//! What failed, by class and operation.

use std::collections::BTreeMap;

use super::{Block, Cell, Column, Note, Section, Table, Tone};
use crate::record::{ErrorRecord, Record};
use crate::report::human;

/// Kinds of error shown; the record has them all.
const SHOWN: usize = 15;

/// Characters of a message shown.
const MESSAGE: usize = 160;

/// Errors of one class that one operation met, whoever played it.
struct Kind<'a> {
    count: u64,
    first: &'a ErrorRecord,
    /// The phase, if its figures do not count.
    uncounted: Option<&'a str>,
}

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.errors.is_empty() {
        return None;
    }
    let mut kinds = BTreeMap::<(&str, &str, Option<&str>), Kind<'_>>::new();
    for error in &record.errors {
        let uncounted = (!record.is_measured(&error.phase)).then_some(error.phase.as_str());
        kinds
            .entry((&error.class, &error.operation, uncounted))
            .and_modify(|kind| kind.count += error.count)
            .or_insert(Kind { count: error.count, first: error, uncounted });
    }
    let mut kinds: Vec<Kind<'_>> = kinds.into_values().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    let text = ["Class", "Operation", "First message"].map(Column::text);
    let columns = std::iter::once(Column::figures("Count")).chain(text).collect();
    let rows = kinds.iter().take(SHOWN).map(row).collect();
    let mut blocks = vec![Block::Table(Table { columns, rows })];
    if kinds.len() > SHOWN {
        let text = format!("{} further kinds of error are in the record", kinds.len() - SHOWN);
        blocks.push(Block::Notes(vec![Note::new(Tone::Plain, text)]));
    }
    Some(Section::new("Errors", blocks))
}

fn row(kind: &Kind<'_>) -> Vec<Cell> {
    let operation = match kind.uncounted {
        Some(phase) => format!("{} in {phase}, not counted", kind.first.operation),
        None => kind.first.operation.clone(),
    };
    vec![
        Cell::from(human::count(kind.count)).tone(Tone::Bad),
        kind.first.class.as_str().into(),
        operation.into(),
        human::plain(&kind.first.first_message, MESSAGE).into(),
    ]
}
