//! The timeline, where it has more than one measured phase.

use super::model::columns;
use super::{Block, Cell, Section, Table};
use crate::record::{PhaseRecord, Record};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.phases.iter().filter(|phase| phase.measured).count() < 2 {
        return None;
    }
    let columns = columns("Phase", &["From", "To", "Counted", "Succeeded", "Failed", "Throughput"], &["Counted"]);
    let rows = record.phases.iter().map(|phase| row(record, phase)).collect();
    Some(Section::new("Phases", [Block::Table(Table { columns, rows })]))
}

fn row(record: &Record, phase: &PhaseRecord) -> Vec<Cell> {
    let operations = || record.operations.iter().filter(|operation| operation.phase == phase.name);
    let succeeded: u64 = operations().map(|operation| operation.succeeded).sum();
    let failed: u64 = operations().map(|operation| operation.failed).sum();
    let in_time: u64 = operations().map(|operation| operation.in_time).sum();
    let seconds = phase.to_s - phase.from_s;
    let throughput =
        if phase.measured && seconds > 0.0 { human::rate(in_time as f64 / seconds) } else { "–".to_owned() };
    vec![
        phase.name.as_str().into(),
        human::seconds(phase.from_s).into(),
        human::seconds(phase.to_s).into(),
        if phase.measured { "yes" } else { "no" }.into(),
        human::count(succeeded).into(),
        human::count(failed).into(),
        throughput.into(),
    ]
}
