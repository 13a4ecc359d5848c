//! Pools of connections.

use super::model::columns;
use super::{Block, Cell, Note, Section, Table, Tone};
use crate::record::{HeadroomRecord, PoolRecord, Record};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.pools.is_empty() {
        return None;
    }
    let figures = ["Size", "Peak use", "Peak queue", "Connects", "Again", "Failed", "Wait p50", "Wait p95", "Wait max"];
    let columns = columns("Pool", &figures, &["Wait p50", "Connects", "Wait max"]);
    let rows = record.pools.iter().map(row).collect();
    let table = Block::Table(Table { columns, rows });
    let given_up = record.headroom.iter().map(given_up).collect::<Vec<_>>();
    Some(match given_up.is_empty() {
        true => Section::new("Pools", [table]),
        false => Section::new("Pools", [table, Block::Notes(given_up)]),
    })
}

fn given_up(change: &HeadroomRecord) -> Note {
    let HeadroomRecord { target, at_s, connections, planned } = change;
    let at = human::clock(*at_s);
    match connections == planned {
        true => Note::new(Tone::Plain, format!("{target}: all {planned} connections again from {at} on")),
        false => Note::new(
            Tone::Doubtful,
            format!("{target}: {connections} of {planned} connections from {at} on, others needed theirs"),
        ),
    }
}

fn row(pool: &PoolRecord) -> Vec<Cell> {
    let alarming = |count: u64| {
        let cell = Cell::from(human::count(count));
        if count > 0 { cell.tone(Tone::Doubtful) } else { cell }
    };
    let name = match &pool.persona {
        Some(persona) => format!("{}, {persona}", pool.name),
        None => pool.name.clone(),
    };
    let wait = &pool.wait_us;
    vec![
        name.into(),
        format!("{}/{}", human::count(pool.size), human::count(pool.max_size)).into(),
        human::count(pool.in_use_peak).into(),
        alarming(pool.waiters_peak),
        human::count(pool.connects).into(),
        alarming(pool.reconnects),
        alarming(pool.connect_failures),
        human::time_us(wait.p50 as f64).into(),
        human::time_us(wait.p95 as f64).into(),
        human::time_us(wait.max as f64).into(),
    ]
}
