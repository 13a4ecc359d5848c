//! Who played.

use super::model::columns;
use super::{Block, Cell, Section, Table, Tone};
use crate::record::{PersonaLoad, Record};
use crate::report::human;

/// The column of shares.
const SHARE: usize = 2;

pub(super) fn section(record: &Record) -> Option<Section> {
    let loads: Vec<&PersonaLoad> = record.load.groups.iter().flat_map(|group| &group.personas).collect();
    if loads.is_empty() {
        return None;
    }
    let mut table = Table {
        columns: columns(
            "Persona",
            &["Users", "Share", "Thinks", "Iterations", "Failed", "Unfinished"],
            &["Unfinished", "Thinks"],
        ),
        rows: loads.iter().map(|load| row(record, load)).collect(),
    };
    // Shares of different populations cannot be compared.
    if record.load.groups.len() > 1 {
        table.columns.remove(SHARE);
        table.rows.iter_mut().for_each(|row| drop(row.remove(SHARE)));
    }
    Some(Section::new("Personas", [Block::Table(table)]))
}

fn row(record: &Record, load: &PersonaLoad) -> Vec<Cell> {
    let counts = record.personas.iter().find(|persona| persona.name == load.name).map(|persona| persona.iterations);
    let counts = counts.unwrap_or_default();
    let failed = Cell::from(human::count(counts.failed));
    vec![
        load.name.as_str().into(),
        load.users.map_or_else(|| "–".to_owned(), human::count).into(),
        format!("{:.1} %", load.share_percent).into(),
        load.think.as_str().into(),
        human::count(counts.succeeded + counts.failed).into(),
        if counts.failed > 0 { failed.tone(Tone::Bad) } else { failed },
        human::count(counts.unfinished).into(),
    ]
}
