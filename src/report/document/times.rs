//! Response times and what they consist of.

use super::model::columns;
use super::{Block, Cell, Section, Table, Tone};
use crate::record::Record;
use crate::report::human;
use crate::stats::Summary;

pub(super) fn section(record: &Record) -> Option<Section> {
    let totals = &record.totals;
    if totals.operations_finished() == 0 {
        return None;
    }
    let columns =
        columns("", &["Min", "Mean", "Median", "p90", "p95", "p99", "p99.9", "Max"], &["p90", "p99.9", "Min"]);
    let rows = vec![
        row("response", &totals.response_us, Tone::Strong),
        row("  wait", &totals.wait_us, Tone::Plain),
        row("  pool", &totals.pool_us, Tone::Plain),
        row("  service", &totals.service_us, Tone::Plain),
    ];
    // In closed load a user is there from the start, so nothing waits for one.
    let rows = rows.into_iter().filter(|row| row[0].text != "  wait" || totals.wait_us.max > 0).collect();
    Some(Section::new("Response times", [Block::Table(Table { columns, rows })]))
}

fn row(name: &str, times: &Summary, tone: Tone) -> Vec<Cell> {
    let figures = [
        times.min as f64,
        times.mean,
        times.p50 as f64,
        times.p90 as f64,
        times.p95 as f64,
        times.p99 as f64,
        times.p999 as f64,
        times.max as f64,
    ];
    let name = Cell::from(name).tone(tone);
    std::iter::once(name).chain(figures.map(|us| Cell::from(human::time_us(us)).tone(tone))).collect()
}
