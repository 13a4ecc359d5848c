//! Many things over the whole load: what their counters rose by, and where their gauges stood.

use std::collections::{HashMap, HashSet};

use super::super::sampler::{Kind, Row, Spec};
use super::series::{Gauge, is_another};
use crate::record::{RowRecord, RowsRecord};

/// More things than this are not told apart: as many as `pg_stat_statements` keeps unless told otherwise.
const MOST_KEYS: usize = 5000;

/// Readings of many things.
#[derive(Clone)]
pub(in crate::monitor) struct RowsBook {
    kinds: Vec<Kind>,
    things: HashMap<Vec<String>, Thing>,
    most: usize,
    idle: bool,
    readings: u64,
    left_out: u64,
    /// Things that did something, are gone, and had to make room.
    forgotten: u64,
    resets: u64,
    /// Whether a thing that is new may have been there before, without being told apart.
    has_forgotten: bool,
}

/// What is said of a thing whose counters were set back in the measured part: some of what it did is not known.
const COUNTED_ANEW: &str = "counted_anew";

/// One of them.
#[derive(Debug, Clone, Default)]
struct Thing {
    /// Since when its counters count, by the last reading.
    since: Option<String>,
    /// Whether they were set back in the measured part.
    reset: bool,
    notes: Vec<String>,
    last: Vec<Option<f64>>,
    /// What the last look read of it, and which of all looks that was.
    now: Vec<Option<f64>>,
    seen: u64,
    totals: Vec<f64>,
    gauges: Vec<Gauge>,
}

impl RowsBook {
    pub(super) fn new(spec: &Spec, most: usize, idle: bool) -> Self {
        let kinds = spec.figures.iter().map(|(_, kind)| *kind).collect();
        Self {
            kinds,
            things: HashMap::new(),
            most,
            idle,
            readings: 0,
            left_out: 0,
            forgotten: 0,
            resets: 0,
            has_forgotten: false,
        }
    }

    pub(super) fn take(&mut self, rows: Vec<Row>) {
        let baseline = self.readings == 0;
        self.readings += 1;
        self.make_room(&rows);
        let mut left_out = 0;
        for Row { keys, notes, figures, since } in rows {
            if self.things.len() >= MOST_KEYS && !self.things.contains_key(&keys) {
                (left_out, self.has_forgotten) = (left_out + 1, true);
                continue;
            }
            let (kinds, from_zero) = (&self.kinds, !baseline && !self.has_forgotten);
            let thing = self.things.entry(keys).or_insert_with(|| Thing {
                // What came into being after the baseline began at zero.
                last: kinds.iter().map(|kind| (*kind == Kind::Counter && from_zero).then_some(0.0)).collect(),
                totals: vec![0.0; kinds.len()],
                gauges: vec![Gauge::default(); kinds.len()],
                ..Thing::default()
            });
            if notes.iter().any(|note| !note.is_empty()) || thing.notes.is_empty() {
                thing.notes = notes;
            }
            self.resets += u64::from(thing.read(kinds, &figures, since));
            (thing.now, thing.seen) = (figures, self.readings);
        }
        self.left_out = self.left_out.max(left_out);
    }

    /// Forgets things that are not there any more, those first that did the least, where there would be too many.
    fn make_room(&mut self, rows: &[Row]) {
        let coming = rows.iter().filter(|row| !self.things.contains_key(&row.keys)).count();
        let too_many = (self.things.len() + coming).saturating_sub(MOST_KEYS);
        if too_many == 0 {
            return;
        }
        let there: HashSet<&Vec<String>> = rows.iter().map(|row| &row.keys).collect();
        let weighed = |(keys, thing): (&Vec<String>, &Thing)| (self.weight(thing), keys.clone());
        let mut gone: Vec<_> = self.things.iter().filter(|(keys, _)| !there.contains(keys)).map(weighed).collect();
        gone.sort_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| x.cmp(y)));
        for (weight, keys) in gone.into_iter().take(too_many) {
            self.things.remove(&keys);
            self.forgotten += u64::from(weight > 0.0);
            self.has_forgotten = true;
        }
    }

    /// What the first counter of a thing rose by, or its first gauge last said where it has no counter.
    fn weight(&self, thing: &Thing) -> f64 {
        match self.kinds.iter().position(|kind| *kind == Kind::Counter) {
            Some(position) => thing.totals[position],
            None => thing.gauges.first().and_then(Gauge::extent).map_or(0.0, |extent| extent.last),
        }
    }

    /// Has totals count from now on; gauges begin with the last reading if that was made `just_now` and had them.
    pub(super) fn rebase(&mut self, just_now: bool) {
        for thing in self.things.values_mut() {
            thing.totals.fill(0.0);
            thing.reset = false;
            let there = just_now && thing.seen == self.readings;
            for (gauge, now) in thing.gauges.iter_mut().zip(&thing.now) {
                *gauge = Gauge::default();
                now.filter(|_| there).into_iter().for_each(|value| gauge.read(value));
            }
        }
    }

    pub(super) fn resets(&self) -> u64 {
        self.resets
    }

    pub(super) fn finish(self, spec: &Spec) -> RowsRecord {
        let mut things: Vec<_> = self.things.iter().map(|(keys, thing)| (self.weight(thing), keys.clone())).collect();
        // What was gone before the measured part is no part of it.
        let is_known = |thing: &Thing| self.idle && thing.gauges.iter().any(|gauge| gauge.extent().is_some());
        let did_something = |thing: &Thing| thing.totals.iter().any(|total| *total > 0.0);
        let has_gauges = self.kinds.contains(&Kind::Gauge);
        things.retain(|(_, keys)| {
            let thing = &self.things[keys];
            did_something(thing) || is_known(thing) || self.idle && !has_gauges
        });
        things.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
        let left_out = self.left_out + self.forgotten + things.len().saturating_sub(self.most) as u64;
        let kept = things.into_iter().take(self.most);
        let mut all = self.things;
        let rows = kept.filter_map(|(_, keys)| Some(all.remove(&keys)?.finish(keys, spec))).collect();
        RowsRecord { rows, left_out }
    }
}

impl Thing {
    /// Takes a reading, and says whether a counter was set back.
    fn read(&mut self, kinds: &[Kind], figures: &[Option<f64>], since: Option<String>) -> bool {
        let begun_anew = is_another(self.since.as_deref(), since.as_deref());
        self.since = since.or(self.since.take());
        let mut reset = begun_anew;
        for (position, (kind, value)) in kinds.iter().zip(figures).enumerate() {
            let Some(value) = *value else { continue };
            let last = self.last[position].replace(value);
            match (kind, last) {
                (Kind::Gauge, _) => self.gauges[position].read(value),
                (Kind::Counter, None) => {}
                // It began anew, so that all it says is since then.
                (Kind::Counter, Some(last)) if value < last || begun_anew => {
                    reset = true;
                    self.totals[position] += value;
                }
                (Kind::Counter, Some(last)) => self.totals[position] += value - last,
            }
        }
        self.reset |= reset;
        reset
    }

    fn finish(self, keys: Vec<String>, spec: &Spec) -> RowRecord {
        let names = spec.keys.iter().zip(keys).chain(spec.notes.iter().zip(self.notes));
        let mut row = RowRecord {
            names: names
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| ((*name).to_owned(), value))
                .collect(),
            ..RowRecord::default()
        };
        if self.reset {
            row.names.insert(COUNTED_ANEW.to_owned(), "true".to_owned());
        }
        for (position, (name, kind)) in spec.figures.iter().enumerate() {
            match (kind, self.last[position], self.gauges[position].extent()) {
                (Kind::Counter, Some(_), _) => drop(row.counters.insert((*name).to_owned(), self.totals[position])),
                (Kind::Gauge, _, Some(extent)) => drop(row.gauges.insert((*name).to_owned(), extent)),
                _ => {}
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::sampler::Keep;
    use super::*;

    fn spec() -> Spec {
        Spec {
            name: "test",
            period: Duration::from_secs(1),
            keep: Keep::Rows { most: 2, idle: false },
            keys: vec!["table"],
            notes: vec!["vacuum"],
            figures: vec![("scans", Kind::Counter), ("dead", Kind::Gauge)],
        }
    }

    fn row(table: &str, scans: f64, dead: f64) -> Row {
        let figures = vec![Some(scans), Some(dead)];
        Row { keys: vec![table.into()], notes: vec!["never".into()], figures, since: None }
    }

    fn scans(readings: Vec<Vec<Row>>, idle: bool) -> Vec<(String, f64)> {
        let mut book = RowsBook::new(&spec(), 2, idle);
        readings.into_iter().for_each(|rows| book.take(rows));
        let rows = book.finish(&spec()).rows;
        rows.into_iter().map(|row| (row.name("table").to_owned(), row.counter("scans"))).collect()
    }

    #[test]
    fn a_thing_that_came_later_began_at_zero() {
        let readings = vec![vec![row("old", 100.0, 1.0)], vec![row("old", 103.0, 2.0), row("new", 40.0, 0.0)]];
        assert_eq!(scans(readings, false), [("new".into(), 40.0), ("old".into(), 3.0)]);
    }

    #[test]
    fn the_busiest_are_kept_and_those_that_did_nothing_only_if_wanted() {
        let rows =
            |by: f64| vec![row("a", by, 0.0), row("b", 2.0 * by, 0.0), row("c", 3.0 * by, 0.0), row("d", 0.0, 0.0)];
        assert_eq!(scans(vec![rows(1.0), rows(2.0)], false), [("c".into(), 3.0), ("b".into(), 2.0)]);
        let still = vec![row("a", 7.0, 0.0)];
        assert!(scans(vec![still.clone(), still.clone()], false).is_empty());
        assert_eq!(scans(vec![still.clone(), still], true), [("a".into(), 0.0)]);
    }

    #[test]
    fn what_was_there_in_the_warm_up_alone_is_no_part_of_what_is_measured() {
        let gauge = |just_now, last: Vec<Row>| {
            let mut book = RowsBook::new(&spec(), 5, true);
            book.take(vec![row("a", 1.0, 900.0), row("b", 1.0, 800.0)]);
            book.take(last);
            book.rebase(just_now);
            book.take(vec![row("a", 1.0, 3.0)]);
            let rows = book.finish(&spec()).rows;
            rows.iter().map(|row| (row.name("table").to_owned(), row.gauges["dead"].max)).collect::<Vec<_>>()
        };
        assert_eq!(gauge(true, vec![row("a", 1.0, 5.0)]), [("a".to_owned(), 5.0)]);
        assert_eq!(gauge(false, vec![row("a", 1.0, 5.0)]), [("a".to_owned(), 3.0)], "the look failed");
        assert_eq!(gauge(true, vec![]), [("a".to_owned(), 3.0)]);
    }

    #[test]
    fn what_was_counted_anew_counts_since_then() {
        let readings = vec![vec![row("a", 100.0, 0.0)], vec![row("a", 110.0, 0.0)], vec![row("a", 4.0, 0.0)]];
        assert_eq!(scans(readings, false), [("a".into(), 14.0)]);
    }

    #[test]
    fn what_was_counted_anew_is_told_even_where_it_has_grown_past_what_it_was() {
        let mut book = RowsBook::new(&spec(), 2, false);
        for (scans, since) in [(10.0, "monday"), (30.0, "tuesday")] {
            book.take(vec![Row { since: Some(since.to_owned()), ..row("a", scans, 0.0) }]);
        }
        assert_eq!(book.resets(), 1);
        let rows = book.finish(&spec()).rows;
        assert_eq!((rows[0].counter("scans"), rows[0].name(COUNTED_ANEW)), (30.0, "true"));
    }

    #[test]
    fn what_is_gone_makes_room_for_what_comes() {
        let mut book = RowsBook::new(&spec(), 2, false);
        let many =
            |from: usize, by: f64| (from..from + MOST_KEYS).map(|n| row(&n.to_string(), by, 0.0)).collect::<Vec<_>>();
        book.take(many(0, 1.0));
        book.take([many(0, 1.0), vec![row("late", 9.0, 0.0)]].concat());
        assert_eq!(book.left_out, 1, "nothing is gone");
        book.take(vec![row("late", 9.0, 0.0)]);
        book.take(vec![row("late", 12.0, 0.0)]);
        // What it did before there was room for it is not known.
        let record = book.finish(&spec());
        assert_eq!((record.rows.len(), record.rows[0].counter("scans")), (1, 3.0));
    }
}
