//! How large the database is, and how near its transaction numbers are to their end.

use std::time::Duration;

use super::super::field::Field;
use super::super::query::{Query, Versions, as_it_is};
use crate::monitor::sampler::Keep;

/// The size is the sum of all files, each of which has to be looked at.
pub(in crate::monitor::postgres) static QUERY: Query = Query {
    name: "sizes",
    period: Duration::from_secs(30),
    keep: Keep::Series,
    fields: &[
        Field::gauge("database_bytes", "pg_database_size(datname)"),
        Field::gauge("oldest_xids", "age(datfrozenxid)"),
    ],
    versions: Versions::Server,
    from: |_| Some("FROM pg_database WHERE datname = current_database()".to_owned()),
    tidy: as_it_is,
};
