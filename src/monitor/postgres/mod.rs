//! Watching a PostgreSQL, version 13 or newer: what it did while the users waited.
//!
//! A sampler is a file in `samplers/` and a line in its registry: a name, a period, and the fields of one query with the
//! versions that have them ([`Field`](field::Field), [`Query`](query::Query)). `link` is the connection that all of
//! them share, `server` what is known of the server before the first look, `labels` finds the scenario's statements
//! again among the server's.

mod field;
mod labels;
mod link;
mod query;
mod samplers;
mod server;
mod source;

pub(in crate::monitor) use link::MARK;
pub(super) use samplers::outline;
pub(super) use source::source;
