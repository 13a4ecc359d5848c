//! Errors that the server answered with, by their first word.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "errors",
    period: Duration::from_secs(5),
    keep: Keep::Rows { most: 100, idle: false },
    section: "errorstats",
    lines: Some(("errorstat_", "error")),
    fields: &[Field::counter("count", "count")],
    since: 602,
};
