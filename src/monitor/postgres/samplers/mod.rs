//! What is looked at in a PostgreSQL: one file for each sampler, and a line here.

mod activity;
mod database;
mod indexes;
mod io;
mod locks;
mod progress;
mod relations;
mod replication;
mod sessions;
mod settings;
mod sizes;
mod slots;
mod statements;
mod tables;
mod wal;
mod writer;

use super::query::Query;
use crate::monitor::sampler::Keep;

/// What samplers follow over time, by name, whatever the version.
pub(in crate::monitor) fn outline() -> Vec<(&'static str, Vec<&'static str>)> {
    all().iter().filter(|query| query.keep == Keep::Series).map(|query| (query.name, query.figures())).collect()
}

/// Every sampler, in the order in which the record has them.
pub(super) fn all() -> [&'static Query; 17] {
    [
        &settings::QUERY,
        &activity::QUERY,
        &sessions::QUERY,
        &locks::QUERY,
        &database::QUERY,
        &statements::QUERY,
        &statements::EVICTIONS,
        &tables::QUERY,
        &relations::QUERY,
        &indexes::QUERY,
        &writer::QUERY,
        &wal::QUERY,
        &io::QUERY,
        &replication::QUERY,
        &slots::QUERY,
        &progress::QUERY,
        &sizes::QUERY,
    ]
}
