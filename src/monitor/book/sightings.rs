//! What was met now and then: who blocks whom, what the server does beside its work.

use std::collections::BTreeMap;

use super::super::sampler::{Row, Spec};
use crate::record::{Sighting, SightingsRecord};

/// More things than this are not told apart.
const MOST_THINGS: usize = 500;

/// What was met so far.
#[derive(Clone, Default)]
pub(in crate::monitor) struct SightingsBook {
    met: BTreeMap<Vec<String>, Met>,
    left_out: u64,
}

/// One thing.
#[derive(Clone)]
struct Met {
    notes: Vec<String>,
    first_s: f64,
    last_s: f64,
    count: u64,
    most: Vec<Option<f64>>,
}

impl SightingsBook {
    pub(super) fn take(&mut self, at_s: f64, rows: Vec<Row>) {
        for Row { keys, notes, figures, .. } in rows {
            if self.met.len() >= MOST_THINGS && !self.met.contains_key(&keys) {
                self.left_out += 1;
                continue;
            }
            let met = self.met.entry(keys).or_insert_with(|| Met {
                notes: Vec::new(),
                first_s: at_s,
                last_s: at_s,
                count: 0,
                most: vec![None; figures.len()],
            });
            (met.notes, met.last_s) = (notes, at_s);
            met.count += 1;
            for (most, figure) in met.most.iter_mut().zip(figures) {
                // Nothing is less than anything.
                if figure > *most {
                    *most = figure;
                }
            }
        }
    }

    pub(super) fn rebase(&mut self) {
        *self = Self::default();
    }

    pub(super) fn finish(self, spec: &Spec) -> SightingsRecord {
        let sighting = |(keys, met): (Vec<String>, Met)| {
            let names = spec.keys.iter().zip(keys).chain(spec.notes.iter().zip(met.notes));
            let most =
                spec.figures.iter().zip(met.most).filter_map(|((name, _), most)| Some(((*name).to_owned(), most?)));
            Sighting {
                names: names.filter(|(_, v)| !v.is_empty()).map(|(name, v)| ((*name).to_owned(), v)).collect(),
                first_s: met.first_s,
                last_s: met.last_s,
                count: met.count,
                most: most.collect(),
            }
        };
        let mut sightings: Vec<_> = self.met.into_iter().map(sighting).collect();
        sightings.sort_by_key(|sighting| std::cmp::Reverse(sighting.count));
        SightingsRecord { sightings, left_out: self.left_out }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::sampler::{Keep, Kind};
    use super::*;

    #[test]
    fn a_thing_has_its_span_its_count_and_the_most_of_each_figure() {
        let spec = Spec {
            name: "test",
            period: Duration::from_secs(1),
            keep: Keep::Sightings,
            keys: vec!["who"],
            notes: vec!["where"],
            figures: vec![("waited_s", Kind::Gauge)],
        };
        let row = |who: &str, place: &str, waited: Option<f64>| Row {
            keys: vec![who.into()],
            notes: vec![place.into()],
            figures: vec![waited],
            since: None,
        };
        let mut book = SightingsBook::default();
        book.take(1.0, vec![row("a", "x", Some(0.5)), row("b", "", None)]);
        book.take(3.0, vec![row("a", "y", Some(0.2))]);
        let met = book.finish(&spec).sightings;
        assert_eq!((met[0].first_s, met[0].last_s, met[0].count, met[0].most["waited_s"]), (1.0, 3.0, 2, 0.5));
        assert_eq!((met[0].names["where"].as_str(), met[1].names.contains_key("where")), ("y", false));
        assert!(met[1].most.is_empty());
    }

    #[test]
    fn what_was_met_in_the_warm_up_is_no_part_of_it() {
        let row = |who: &str| Row { keys: vec![who.into()], ..Row::default() };
        let mut book = SightingsBook::default();
        book.take(1.0, vec![row("early"), row("both")]);
        book.rebase();
        book.take(2.0, vec![row("both")]);
        assert_eq!(book.met.keys().collect::<Vec<_>>(), [&["both".to_owned()]]);
    }
}
