//! What each command took in the server, in all: the server does not tell who sent it.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "commands",
    period: Duration::from_secs(5),
    keep: Keep::Rows { most: 200, idle: false },
    section: "commandstats",
    lines: Some(("cmdstat_", "command")),
    fields: &[
        Field::counter("time_us", "usec"),
        Field::counter("calls", "calls"),
        Field::counter("calls_rejected", "rejected_calls"),
        Field::counter("calls_failed", "failed_calls"),
    ],
    since: 0,
};
