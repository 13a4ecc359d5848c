//! How many of many were met doing what: sums by event and subject, and by event over time.

use std::collections::{BTreeMap, HashMap};

use super::super::sampler::Row;
use crate::record::{ProfileRecord, ProfileTotal};

/// The length of a stretch at first: a few looks make a share.
const STRETCH_S: f64 = 1.0;

/// More stretches than this are made half as many.
const MOST_STRETCHES: usize = 1800;

/// More pairs of event and subject than this are counted without their subject.
const MOST_SUBJECTS: usize = 2000;

/// What was met so far.
#[derive(Clone)]
pub(in crate::monitor) struct ProfileBook {
    totals: HashMap<(String, String), u64>,
    looks: u64,
    until_s: f64,
    stretch_s: f64,
    looks_by_stretch: Vec<u32>,
    sightings: BTreeMap<String, Vec<u32>>,
}

impl Default for ProfileBook {
    fn default() -> Self {
        Self {
            totals: HashMap::new(),
            looks: 0,
            until_s: 0.0,
            stretch_s: STRETCH_S,
            looks_by_stretch: Vec::new(),
            sightings: BTreeMap::new(),
        }
    }
}

impl ProfileBook {
    pub(super) fn take(&mut self, at_s: f64, rows: &[Row]) {
        // What was met before the load is no part of it.
        if at_s < 0.0 {
            return;
        }
        let mut stretch = (at_s / self.stretch_s) as usize;
        while stretch >= MOST_STRETCHES {
            self.halve();
            stretch = (at_s / self.stretch_s) as usize;
        }
        self.looks += 1;
        self.until_s = at_s;
        add(&mut self.looks_by_stretch, stretch, 1);
        for row in rows {
            let count = row.figures.first().copied().flatten().unwrap_or(0.0) as u32;
            let mut keys = row.keys.iter();
            let event = keys.next().map_or("", String::as_str);
            let subject = keys.next().map_or("", String::as_str);
            match self.sightings.get_mut(event) {
                Some(counts) => add(counts, stretch, count),
                None => add(self.sightings.entry(event.to_owned()).or_default(), stretch, count),
            }
            let subject = if self.totals.len() < MOST_SUBJECTS { subject } else { "" };
            *self.totals.entry((event.to_owned(), subject.to_owned())).or_default() += u64::from(count);
        }
    }

    pub(super) fn rebase(&mut self) {
        self.totals.clear();
        self.looks = 0;
    }

    pub(super) fn finish(mut self) -> ProfileRecord {
        let stretches = self.looks_by_stretch.len();
        self.sightings.values_mut().for_each(|counts| counts.resize(stretches, 0));
        let total = |((event, subject), count): ((String, String), u64)| ProfileTotal {
            event,
            subject: Some(subject).filter(|subject| !subject.is_empty()),
            count,
        };
        let mut totals: Vec<_> = self.totals.into_iter().map(total).collect();
        totals.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.event, &a.subject).cmp(&(&b.event, &b.subject))));
        ProfileRecord {
            totals,
            looks: self.looks,
            until_s: self.until_s,
            stretch_s: self.stretch_s,
            looks_by_stretch: self.looks_by_stretch,
            sightings: self.sightings,
        }
    }

    fn halve(&mut self) {
        let all = self.sightings.values_mut().chain([&mut self.looks_by_stretch]);
        all.for_each(|counts| *counts = counts.chunks(2).map(|pair| pair.iter().sum()).collect());
        self.stretch_s *= 2.0;
    }
}

fn add(counts: &mut Vec<u32>, stretch: usize, count: u32) {
    if counts.len() <= stretch {
        counts.resize(stretch + 1, 0);
    }
    counts[stretch] += count;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(event: &str, subject: &str, count: f64) -> Row {
        Row { keys: vec![event.into(), subject.into()], figures: vec![Some(count)], ..Row::default() }
    }

    #[test]
    fn sightings_add_up_by_event_over_time_and_by_subject_over_all() {
        let mut book = ProfileBook::default();
        book.take(-0.1, &[row("CPU", "a", 9.0)]);
        book.take(0.2, &[row("CPU", "a", 1.0), row("CPU", "b", 2.0)]);
        book.take(0.4, &[]);
        book.take(2.4, &[row("CPU", "a", 4.0)]);
        let record = book.finish();
        assert_eq!((record.looks, &record.looks_by_stretch[..]), (3, &[2, 0, 1][..]));
        assert_eq!(record.until_s, 2.4);
        assert_eq!(record.sightings["CPU"], [3, 0, 4]);
        let totals: Vec<_> = record.totals.iter().map(|total| (total.subject.as_deref(), total.count)).collect();
        assert_eq!(totals, [(Some("a"), 5), (Some("b"), 2)]);
    }

    #[test]
    fn a_day_takes_no_more_room_than_an_hour() {
        let mut book = ProfileBook::default();
        (0..86_400).for_each(|second| book.take(f64::from(second), &[row("CPU", "", 1.0)]));
        let record = book.finish();
        assert!(record.looks_by_stretch.len() <= MOST_STRETCHES);
        assert_eq!(record.sightings["CPU"].iter().sum::<u32>(), 86_400);
        assert_eq!(record.stretch_s, 64.0);
    }
}
