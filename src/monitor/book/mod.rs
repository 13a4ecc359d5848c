//! Keeps what a sampler reads, within bounds that do not grow with the length of a run.
//!
//! The first reading is what counters count from; [`Book::rebase`] makes the last one so. One file for each way of
//! keeping ([`Keep`]).

mod profile;
mod rows;
mod series;
mod sightings;

use std::collections::BTreeMap;

use profile::ProfileBook;
use rows::RowsBook;
use series::SeriesBook;
use sightings::SightingsBook;

use super::sampler::{Keep, Row, Spec};
use crate::record::{FactsRecord, SamplerData};

/// What a sampler has read so far.
#[derive(Clone)]
pub(super) enum Book {
    Series(SeriesBook),
    Rows(RowsBook),
    Profile(ProfileBook),
    Sightings(SightingsBook),
    Facts(BTreeMap<String, String>),
}

impl Book {
    /// An empty one for what `spec` describes.
    pub(super) fn new(spec: &Spec) -> Self {
        match spec.keep {
            Keep::Series => Self::Series(SeriesBook::new(spec)),
            Keep::Rows { most, idle } => Self::Rows(RowsBook::new(spec, most, idle)),
            Keep::Profile => Self::Profile(ProfileBook::default()),
            Keep::Sightings => Self::Sightings(SightingsBook::default()),
            Keep::Facts => Self::Facts(BTreeMap::new()),
        }
    }

    /// Takes a reading of `at_s` seconds of the run's clock, which is before zero for one before the load.
    pub(super) fn take(&mut self, at_s: f64, rows: Vec<Row>, spec: &Spec) {
        match self {
            Self::Series(book) => rows.first().into_iter().for_each(|row| book.take(at_s, row)),
            Self::Rows(book) => book.take(rows),
            Self::Profile(book) => book.take(at_s, &rows),
            Self::Sightings(book) => book.take(at_s, rows),
            Self::Facts(facts) => {
                let named = rows.into_iter().next().map(|row| row.notes).unwrap_or_default();
                facts.extend(spec.notes.iter().map(|name| (*name).to_owned()).zip(named));
            }
        }
    }

    /// Has totals count from the last reading on, which was made `just_now` unless the look at this moment failed.
    pub(super) fn rebase(&mut self, just_now: bool) {
        match self {
            Self::Series(book) => book.rebase(just_now),
            Self::Rows(book) => book.rebase(just_now),
            Self::Profile(book) => book.rebase(),
            Self::Sightings(book) => book.rebase(),
            Self::Facts(_) => {}
        }
    }

    /// How often counters were found set back.
    pub(super) fn resets(&self) -> u64 {
        match self {
            Self::Series(book) => book.resets(),
            Self::Rows(book) => book.resets(),
            Self::Profile(_) | Self::Sightings(_) | Self::Facts(_) => 0,
        }
    }

    /// What is in it.
    pub(super) fn finish(self, spec: &Spec) -> SamplerData {
        match self {
            Self::Series(book) => SamplerData::Series(book.finish()),
            Self::Rows(book) => SamplerData::Rows(book.finish(spec)),
            Self::Profile(book) => SamplerData::Profile(book.finish()),
            Self::Sightings(book) => SamplerData::Sightings(book.finish(spec)),
            Self::Facts(facts) => SamplerData::Facts(FactsRecord { facts }),
        }
    }
}
