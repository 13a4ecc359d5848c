//! The timeline, where it has more than one measured phase.

use super::model::columns;
use super::{Block, Cell, Section, Table};
use crate::record::{PhaseRecord, Record};
use crate::report::human;

/// The phase that the others are held against, in scenarios that name one so.
const BASELINE: &str = "baseline";

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.phases.iter().filter(|phase| phase.measured).count() < 2 {
        return None;
    }
    let baseline = record.phases.iter().find(|phase| phase.name == BASELINE && phase.response_us.max > 0);
    let titles = ["From", "Lasted", "Counted", "Succeeded", "Failed", "Throughput", "Mean", "p95", "To baseline"];
    let titles = &titles[..titles.len() - usize::from(baseline.is_none())];
    let columns = columns("Phase", titles, &["Counted", "Lasted", "Mean"]);
    // A phase that came more than once has one row: its figures are those of all its stretches.
    let came_before = |place: usize, name: &str| record.phases[..place].iter().any(|phase| phase.name == name);
    let first = record.phases.iter().enumerate().filter(|(place, phase)| !came_before(*place, &phase.name));
    let rows = first.map(|(_, phase)| row(record, phase, baseline)).collect();
    Some(Section::new("Phases", [Block::Table(Table { columns, rows })]))
}

fn row(record: &Record, phase: &PhaseRecord, baseline: Option<&PhaseRecord>) -> Vec<Cell> {
    let operations = || record.operations.iter().filter(|operation| operation.phase == phase.name);
    let succeeded: u64 = operations().map(|operation| operation.succeeded).sum();
    let failed: u64 = operations().map(|operation| operation.failed).sum();
    let in_time: u64 = operations().map(|operation| operation.in_time).sum();
    let stretches = record.phases.iter().filter(|stretch| stretch.name == phase.name);
    let seconds: f64 = stretches.map(|stretch| stretch.to_s - stretch.from_s).sum();
    let throughput =
        if phase.measured && seconds > 0.0 { human::rate(in_time as f64 / seconds) } else { "–".to_owned() };
    let times = &phase.response_us;
    let time = |us: f64| if times.max > 0 { human::time_us(us) } else { "–".to_owned() };
    let mut row: Vec<Cell> = vec![
        phase.name.as_str().into(),
        human::seconds(phase.from_s).into(),
        human::seconds(seconds).into(),
        if phase.measured { "yes" } else { "no" }.into(),
        human::count(succeeded).into(),
        human::count(failed).into(),
        throughput.into(),
        time(times.mean).into(),
        time(times.p95 as f64).into(),
    ];
    // How many times the mean of the baseline; the mean, because it is exact.
    row.extend(baseline.map(|baseline| match times.max {
        0 => Cell::from("–"),
        _ => Cell::from(format!("× {:.2}", times.mean / baseline.response_us.mean)),
    }));
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::stats::Summary;

    /// What the table says of phases with these mean times, in µs.
    fn table(phases: &[(&str, f64)]) -> Table {
        let mut record = sample::record();
        record.phases = phases
            .iter()
            .zip(0_u8..)
            .map(|(&(name, mean), second)| {
                let response_us = Summary { mean, p95: mean as u64 * 2, max: mean as u64 * 3, ..Summary::default() };
                PhaseRecord { response_us, ..PhaseRecord::new(name, f64::from(second), f64::from(second) + 1.0) }
            })
            .collect();
        let section = section(&record).expect("there is more than one phase");
        match section.blocks.into_iter().next() {
            Some(Block::Table(table)) => table,
            _ => panic!("the section is a table"),
        }
    }

    fn last(row: &[Cell]) -> &str {
        &row.last().expect("a row has cells").text
    }

    #[test]
    fn phases_are_held_against_the_one_that_is_called_baseline() {
        let table = table(&[("baseline", 2_000.0), ("backfill", 3_000.0), ("pause", 0.0)]);
        assert_eq!(table.rows.iter().map(|row| last(row)).collect::<Vec<_>>(), ["× 1.00", "× 1.50", "–"]);
        assert_eq!(table.columns.len(), table.rows[0].len());
    }

    #[test]
    fn a_phase_that_came_twice_has_one_row_with_all_its_time() {
        let table = table(&[("free", 2_000.0), ("held", 3_000.0), ("free", 2_000.0)]);
        assert_eq!(
            table.rows.iter().map(|row| &*row[2].text).collect::<Vec<_>>(),
            [human::seconds(2.0), human::seconds(1.0)]
        );
    }

    #[test]
    fn without_a_baseline_nothing_is_compared() {
        let table = table(&[("before", 2_000.0), ("after", 3_000.0)]);
        assert_eq!(last(&table.rows[1]), "6.00 ms");
        assert_eq!(table.columns.len(), table.rows[0].len());
    }
}
