//! One thing over time: points at the sampler's period, fewer and longer ones as the run goes on.

use super::super::sampler::{Kind, Row, Spec};
use crate::record::{Extent, Reading, SeriesRecord, StretchesRecord};

/// More points than this are made half as many: an hour by two seconds.
const MOST_POINTS: usize = 1800;

/// Readings of one thing.
#[derive(Clone)]
pub(in crate::monitor) struct SeriesBook {
    figures: Vec<Figure>,
    at_s: Vec<f64>,
    /// How many readings make a point.
    together: usize,
    /// How many are in the last one.
    in_last: usize,
    resets: u64,
    /// Since when counters count, by the last reading.
    since: Option<String>,
}

/// One figure of it.
#[derive(Clone)]
struct Figure {
    name: &'static str,
    kind: Kind,
    last: Option<f64>,
    /// What the last look read, if it did.
    now: Option<f64>,
    total: f64,
    gauge: Gauge,
    /// What a gauge read, or a counter rose by.
    points: Vec<Option<Reading>>,
}

/// The readings of a gauge.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gauge {
    extent: Extent,
    sum: f64,
    count: u64,
}

impl Gauge {
    pub(super) fn read(&mut self, value: f64) {
        if self.count == 0 {
            self.extent = Extent { first: value, last: value, min: value, mean: value, max: value };
        }
        self.count += 1;
        self.sum += value;
        let extent = &mut self.extent;
        extent.last = value;
        extent.min = extent.min.min(value);
        extent.max = extent.max.max(value);
        extent.mean = self.sum / self.count as f64;
    }

    pub(super) fn extent(&self) -> Option<Extent> {
        (self.count > 0).then_some(self.extent)
    }
}

impl SeriesBook {
    pub(super) fn new(spec: &Spec) -> Self {
        let figure = |&(name, kind): &(&'static str, Kind)| Figure {
            name,
            kind,
            last: None,
            now: None,
            total: 0.0,
            gauge: Gauge::default(),
            points: Vec::new(),
        };
        let figures = spec.figures.iter().map(figure).collect();
        Self { figures, at_s: Vec::new(), together: 1, in_last: 1, resets: 0, since: None }
    }

    pub(super) fn take(&mut self, at_s: f64, row: &Row) {
        let first = self.at_s.is_empty();
        let begins = first || self.in_last >= self.together;
        let mut reset = is_another(self.since.as_deref(), row.since.as_deref());
        if reset {
            // Whatever they say now, it can't be told from what they said then.
            self.figures.iter_mut().filter(|figure| figure.kind == Kind::Counter).for_each(|figure| figure.last = None);
        }
        self.since = row.since.clone().or(self.since.take());
        for (figure, value) in self.figures.iter_mut().zip(&row.figures) {
            let (point, set_back) = figure.read(*value);
            reset |= set_back;
            match figure.points.last_mut().filter(|_| !begins) {
                Some(last) => *last = joined(*last, point),
                None => figure.points.push(point),
            }
        }
        self.resets += u64::from(reset);
        match self.at_s.last_mut().filter(|_| !begins) {
            Some(last) => {
                *last = at_s;
                self.in_last += 1;
            }
            None => {
                self.at_s.push(at_s);
                // What the first point says stands alone: it is the baseline.
                self.in_last = if first { self.together } else { 1 };
            }
        }
        if self.at_s.len() > MOST_POINTS {
            self.halve();
        }
    }

    /// Has totals count from now on; gauges begin with the last reading if that was made `just_now`.
    pub(super) fn rebase(&mut self, just_now: bool) {
        for figure in &mut self.figures {
            figure.total = 0.0;
            figure.gauge = Gauge::default();
            figure.now.filter(|_| just_now).into_iter().for_each(|value| figure.gauge.read(value));
        }
    }

    pub(super) fn resets(&self) -> u64 {
        self.resets
    }

    pub(super) fn finish(self) -> SeriesRecord {
        let mut record = SeriesRecord { at_s: self.at_s, ..SeriesRecord::default() };
        for figure in self.figures {
            let name = figure.name.to_owned();
            match (figure.kind, figure.gauge.extent()) {
                (_, None) => continue,
                (Kind::Counter, _) => drop(record.counters.insert(name.clone(), figure.total)),
                (Kind::Gauge, Some(extent)) => {
                    record.gauges.insert(name.clone(), extent);
                    if self.together > 1 {
                        record.stretches.insert(name.clone(), StretchesRecord::of(&figure.points));
                    }
                }
            }
            let value = |point: Reading| match figure.kind {
                // Means of rises, by how many they are: the sum.
                Kind::Counter => point.mean * point.weight,
                Kind::Gauge => point.max,
            };
            record.points.insert(name, figure.points.iter().map(|point| point.map(value)).collect());
        }
        record
    }

    /// Joins each two points after the first.
    fn halve(&mut self) {
        for figure in &mut self.figures {
            let points = std::mem::take(&mut figure.points);
            let pairs = points[1..].chunks(2).map(|pair| pair.iter().fold(None, |sum, point| joined(sum, *point)));
            figure.points = points[..1].iter().copied().chain(pairs).collect();
        }
        let ends = self.at_s[1..].chunks(2).filter_map(|pair| pair.last().copied());
        self.at_s = self.at_s[..1].iter().copied().chain(ends).collect();
        // The last point had only just begun.
        self.in_last = self.together + 1;
        self.together *= 2;
    }
}

/// Whether counters that counted since `before` have begun anew by now.
pub(super) fn is_another(before: Option<&str>, now: Option<&str>) -> bool {
    before.zip(now).is_some_and(|(before, now)| before != now)
}

/// Two points as one.
fn joined(first: Option<Reading>, second: Option<Reading>) -> Option<Reading> {
    match (first, second) {
        (Some(first), Some(second)) => Some(first.and(second)),
        (first, second) => first.or(second),
    }
}

impl Figure {
    /// The point that a reading makes, and whether the counter was set back.
    fn read(&mut self, value: Option<f64>) -> (Option<Reading>, bool) {
        self.now = value;
        let Some(value) = value else { return (None, false) };
        self.gauge.read(value);
        let last = self.last.replace(value);
        match (self.kind, last) {
            (Kind::Gauge, _) => (Some(Reading::one(value, 1.0)), false),
            (Kind::Counter, None) => (None, false),
            (Kind::Counter, Some(last)) if value < last => (None, true),
            (Kind::Counter, Some(last)) => {
                self.total += value - last;
                (Some(Reading::one(value - last, 1.0)), false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::super::sampler::Keep;
    use super::*;

    fn book() -> SeriesBook {
        SeriesBook::new(&Spec {
            name: "test",
            period: Duration::from_secs(1),
            keep: Keep::Series,
            keys: Vec::new(),
            notes: Vec::new(),
            figures: vec![("count", Kind::Counter), ("level", Kind::Gauge)],
        })
    }

    fn row(count: f64, level: f64) -> Row {
        Row { figures: vec![Some(count), Some(level)], ..Row::default() }
    }

    #[test]
    fn a_counter_says_what_it_rose_by_and_a_gauge_where_it_stands() {
        let mut book = book();
        for (at, count, level) in [(-0.1, 100.0, 5.0), (1.0, 110.0, 9.0), (2.0, 115.0, 4.0)] {
            book.take(at, &row(count, level));
        }
        let record = book.finish();
        assert_eq!(record.counter("count"), 15.0);
        assert_eq!(record.points["count"], [None, Some(10.0), Some(5.0)]);
        assert_eq!(record.points["level"], [Some(5.0), Some(9.0), Some(4.0)]);
        assert_eq!(record.gauges["level"], Extent { first: 5.0, last: 4.0, min: 4.0, mean: 6.0, max: 9.0 });
    }

    #[test]
    fn no_difference_reaches_over_a_reset() {
        let mut book = book();
        for (at, count) in [(0.0, 100.0), (1.0, 3.0), (2.0, 8.0)] {
            book.take(at, &row(count, 0.0));
        }
        assert_eq!(book.resets(), 1);
        let record = book.finish();
        assert_eq!((record.counter("count"), &record.points["count"][..]), (5.0, &[None, None, Some(5.0)][..]));
    }

    #[test]
    fn a_reset_is_seen_even_where_the_counter_has_grown_past_what_it_was() {
        let mut book = book();
        for (at, count, since) in [(0.0, 10.0, "monday"), (1.0, 30.0, "tuesday"), (2.0, 31.0, "tuesday")] {
            book.take(at, &Row { since: Some(since.to_owned()), ..row(count, 0.0) });
        }
        assert_eq!(book.resets(), 1);
        assert_eq!(book.finish().points["count"], [None, None, Some(1.0)]);
    }

    #[test]
    fn totals_count_from_where_they_are_rebased() {
        let mut book = book();
        book.take(0.0, &row(1.0, 9.0));
        book.take(1.0, &row(5.0, 2.0));
        book.rebase(true);
        book.take(2.0, &row(6.0, 3.0));
        let record = book.finish();
        assert_eq!((record.counter("count"), record.gauges["level"].max), (1.0, 3.0));
        assert_eq!(record.points["count"].len(), 3);
    }

    #[test]
    fn a_gauge_that_was_not_read_when_the_measuring_began_begins_later() {
        for (read, just_now) in [(None, true), (Some(9.0), false)] {
            let mut book = book();
            book.take(0.0, &row(1.0, 9.0));
            book.take(1.0, &Row { figures: vec![Some(2.0), read], ..Row::default() });
            book.rebase(just_now);
            book.take(2.0, &row(3.0, 4.0));
            assert_eq!(book.finish().gauges["level"].max, 4.0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn however_long_the_run_the_points_are_few_and_add_up_to_the_total(readings in 1usize..20_000) {
            let mut book = book();
            for at in 0..=readings {
                book.take(at as f64, &row((at * 3) as f64, at as f64));
            }
            let record = book.finish();
            prop_assert!(record.at_s.len() <= MOST_POINTS);
            prop_assert_eq!(record.points["count"].len(), record.at_s.len());
            let sum = record.points["count"].iter().flatten().sum::<f64>();
            prop_assert!((sum - record.counter("count")).abs() < 1e-6 * sum);
            prop_assert_eq!(record.at_s.last().copied(), Some(readings as f64));
            prop_assert_eq!(record.points["level"].last().copied().flatten(), Some(readings as f64));
            prop_assert!(record.at_s.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn however_long_the_run_a_gauges_readings_keep_their_mean_their_ends_and_the_last(
            levels in prop::collection::vec(0.0f64..1e3, 1..8_000),
        ) {
            let mut book = book();
            for (at, level) in levels.iter().enumerate() {
                book.take(at as f64, &row(0.0, *level));
            }
            let all = book.finish().readings("level").into_iter().map(|(_, reading)| reading).reduce(Reading::and);
            let all = all.expect("there are readings");
            prop_assert_eq!(all.weight, levels.len() as f64);
            prop_assert!((all.mean - levels.iter().sum::<f64>() / levels.len() as f64).abs() < 1e-6);
            prop_assert_eq!(all.min, levels.iter().copied().fold(f64::INFINITY, f64::min));
            prop_assert_eq!(all.max, levels.iter().copied().fold(0.0, f64::max));
            prop_assert_eq!(Some(all.last), levels.last().copied());
        }
    }
}
