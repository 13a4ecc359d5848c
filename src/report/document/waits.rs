//! What the sessions of each PostgreSQL were doing or waiting for, and how that changed over the run.

use super::model::columns;
use super::{Block, Cell, Column, Section, Table};
use crate::record::{ProfileRecord, Record};
use crate::report::human;

/// Events that are shown: the rest is less than those.
const SHOWN: usize = 6;

/// What is less than this share of all is not worth a row.
const WORTH_A_ROW: f64 = 0.01;

/// The most stretches of time that are told apart.
const STRETCHES: usize = 30;

/// From nothing to the most.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) fn section(record: &Record) -> Option<Section> {
    let postgres = record.monitor.sources.iter().filter(|source| source.kind == "postgres");
    let profiles = postgres.filter_map(|source| Some((source.name.as_str(), source.profile("activity")?)));
    let rows: Vec<_> = profiles.flat_map(|(name, profile)| rows(name, profile)).collect();
    if rows.is_empty() {
        return None;
    }
    let mut columns = columns("Target", &[], &[]);
    columns.push(Column::text("Sessions at"));
    columns.extend(["Mean", "Share"].map(Column::figures));
    columns.push(Column::text("Over the run"));
    Some(Section::new("What sessions waited for", [Block::Table(Table { columns, rows })]))
}

/// A row for each event of a target that mattered, the most first.
fn rows(target: &str, profile: &ProfileRecord) -> Vec<Vec<Cell>> {
    let mut sums: Vec<(&str, u64)> = Vec::new();
    for total in &profile.totals {
        match sums.iter_mut().find(|(event, _)| *event == total.event) {
            Some((_, count)) => *count += total.count,
            None => sums.push((&total.event, total.count)),
        }
    }
    sums.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    let all: u64 = sums.iter().map(|(_, count)| count).sum();
    let share = |count: u64| count as f64 / all.max(1) as f64;
    let matter = sums.into_iter().filter(|(_, count)| share(*count) >= WORTH_A_ROW).take(SHOWN);
    let shown: Vec<(&str, u64, Vec<f64>)> =
        matter.map(|(event, count)| (event, count, over_time(profile, event))).collect();
    // All events of a target on one scale, so that they can be compared.
    let most = shown.iter().flat_map(|(.., levels)| levels).copied().fold(0.0, f64::max);
    let row = |(position, (event, count, levels)): (usize, (&str, u64, Vec<f64>))| {
        let name = if position == 0 { target } else { "" };
        let mean = count as f64 / profile.looks.max(1) as f64;
        vec![
            name.into(),
            event.into(),
            human::number(mean).into(),
            human::share(share(count)).into(),
            line(&levels, most).into(),
        ]
    };
    shown.into_iter().enumerate().map(row).collect()
}

/// How many sessions were met at an event, in the mean of each of a few stretches of the run.
fn over_time(profile: &ProfileRecord, event: &str) -> Vec<f64> {
    let Some(sightings) = profile.sightings.get(event) else { return Vec::new() };
    let together = profile.looks_by_stretch.len().div_ceil(STRETCHES).max(1);
    let sum = |counts: &[u32]| counts.iter().copied().map(f64::from).sum::<f64>();
    let stretches = sightings.chunks(together).zip(profile.looks_by_stretch.chunks(together));
    stretches.map(|(met, looks)| if sum(looks) > 0.0 { sum(met) / sum(looks) } else { 0.0 }).collect()
}

/// Levels as a line of small bars; nothing at all is a dot.
fn line(levels: &[f64], most: f64) -> String {
    let bar = |level: &f64| match level / most.max(f64::MIN_POSITIVE) {
        part if part <= 0.0 => '·',
        part => LEVELS[((part * LEVELS.len() as f64).ceil() as usize).clamp(1, LEVELS.len()) - 1],
    };
    levels.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ProfileTotal;

    fn total(event: &str, subject: &str, count: u64) -> ProfileTotal {
        ProfileTotal { event: event.into(), subject: Some(subject.into()), count }
    }

    #[test]
    fn events_add_up_over_their_statements_and_stand_on_one_scale() {
        let profile = ProfileRecord {
            totals: vec![total("CPU", "a", 4), total("Lock:tuple", "b", 15), total("Lock:tuple", "c", 15)],
            looks: 10,
            until_s: 2.0,
            stretch_s: 1.0,
            looks_by_stretch: vec![5, 5],
            sightings: [("CPU".to_owned(), vec![0, 4]), ("Lock:tuple".to_owned(), vec![10, 20])].into(),
        };
        let texts: Vec<Vec<_>> =
            rows("main", &profile).into_iter().map(|row| row.into_iter().map(|cell| cell.text).collect()).collect();
        assert_eq!(texts, [["main", "Lock:tuple", "3.00", "88.2 %", "▄█"], ["", "CPU", "0.400", "11.8 %", "·▂"]]);
    }

    #[test]
    fn a_long_run_takes_no_more_room_than_a_short_one() {
        let profile = ProfileRecord {
            totals: vec![total("CPU", "a", 1000)],
            looks: 1000,
            looks_by_stretch: vec![1; 1000],
            sightings: [("CPU".to_owned(), vec![1; 1000])].into(),
            ..ProfileRecord::default()
        };
        assert!(over_time(&profile, "CPU").len() <= STRETCHES);
    }
}
