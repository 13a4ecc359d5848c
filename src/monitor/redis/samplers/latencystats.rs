//! Percentiles of each command's time in the server. They are not of the run: they reach back to the server's start, or to when
//! its statistics were last reset.

use std::time::Duration;

use super::super::info::{Field, Info};
use crate::monitor::sampler::Keep;

pub(in crate::monitor::redis) static INFO: Info = Info {
    name: "latencystats",
    period: Duration::from_secs(10),
    keep: Keep::Rows { most: 200, idle: true },
    section: "latencystats",
    lines: Some(("latency_percentiles_usec_", "command")),
    fields: &[Field::gauge("p50_us", "p50"), Field::gauge("p99_us", "p99"), Field::gauge("p999_us", "p99.9")],
    since: 700,
};
