//! What is looked at in a Redis: one file for each sampler, and a line here.

mod big_keys;
mod clients;
mod commands;
mod cpu;
mod errors;
mod keyspace;
mod latency;
mod latencystats;
mod memory;
mod persistence;
mod replication;
mod settings;
mod slowlog;
mod stats;

use std::rc::Rc;

use super::super::sampler::{Keep, Sampler};
use super::info::Info;
use super::link::Link;
use super::rights::Rights;

/// Sections of `INFO`, in the order in which the record has them.
fn sections() -> [&'static Info; 10] {
    [
        &stats::INFO,
        &memory::INFO,
        &clients::INFO,
        &cpu::INFO,
        &persistence::INFO,
        &commands::INFO,
        &errors::INFO,
        &latencystats::INFO,
        &keyspace::INFO,
        &replication::INFO,
    ]
}

/// What samplers follow over time, by name, whatever the version.
pub(in crate::monitor) fn outline() -> Vec<(&'static str, Vec<&'static str>)> {
    let series = sections().into_iter().filter(|info| info.keep == Keep::Series);
    series.map(|info| (info.name, info.figures().collect())).collect()
}

/// Every sampler that a server of this version has, as far as the user may ask. So many keys are sized after the load.
pub(super) fn all(link: &Rc<Link>, version: u32, rights: Rights, big_keys: u64) -> Vec<Box<dyn Sampler>> {
    let mut samplers: Vec<Box<dyn Sampler>> = Vec::new();
    if rights.config {
        samplers.push(Box::new(settings::Settings::new(link)));
    }
    if rights.info {
        samplers.extend(sections().iter().filter_map(|info| info.sampler(link, version)));
    }
    if rights.slowlog {
        samplers.push(Box::new(slowlog::Slowlog::new(link, rights.commands)));
    }
    if rights.latency {
        samplers.push(Box::new(latency::Latency::new(link)));
    }
    if big_keys > 0 {
        samplers.push(Box::new(big_keys::BigKeys::new(link, big_keys)));
    }
    samplers
}
