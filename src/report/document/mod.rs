//! What the readable reports say: a file for each section, in the order in which they are read.

mod assessment;
mod breakdown;
mod checks;
mod configuration;
mod errors;
mod findings;
mod metrics;
mod model;
mod operations;
mod overall;
mod personas;
mod phases;
mod plans;
mod pools;
mod scaling;
mod statements;
mod thresholds;
mod times;
mod verdict;
mod waits;
mod warning;
mod watched;

pub use model::{Block, Cell, Column, Note, Section, Table, Tone, columns};
pub(super) use thresholds::observed;

use crate::record::Record;

/// Every section; one that has nothing to say gives none.
const SECTIONS: [fn(&Record) -> Option<Section>; 22] = [
    warning::section,
    configuration::section,
    personas::section,
    overall::section,
    findings::section,
    phases::section,
    times::section,
    operations::section,
    breakdown::section,
    waits::section,
    watched::section,
    errors::section,
    pools::section,
    statements::section,
    plans::section,
    metrics::section,
    thresholds::section,
    thresholds::budget,
    checks::section,
    assessment::section,
    scaling::section,
    verdict::section,
];

/// What whoever has a minute must see: whether to believe the figures, and what went wrong.
const FOREMOST: [fn(&Record) -> Option<Section>; 2] = [warning::section, findings::section];

/// The sections of a record's report, those that must be seen before the others.
pub(super) fn foremost_and_rest(record: &Record) -> (Vec<Section>, Vec<Section>) {
    let foremost: Vec<Section> = FOREMOST.iter().filter_map(|section| section(record)).collect();
    let rest = document(record).into_iter().filter(|section| !foremost.contains(section)).collect();
    (foremost, rest)
}

/// The sections of a record's report.
pub fn document(record: &Record) -> Vec<Section> {
    SECTIONS.iter().filter_map(|section| section(record)).collect()
}
