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
const SECTIONS: [fn(&Record) -> Option<Section>; 21] = [
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
    checks::section,
    assessment::section,
    scaling::section,
    verdict::section,
];

/// The sections of a record's report.
pub fn document(record: &Record) -> Vec<Section> {
    SECTIONS.iter().filter_map(|section| section(record)).collect()
}
