//! The processes of a server that runs on this machine, and the cgroup that they are in.
//!
//! A server is found by what it says of itself, its process id and when that was started; both must be true of a
//! process here. A name would not do, and an id alone could be that of another one, where the server has a name space of
//! its own. All of it is Linux's `/proc`; elsewhere no server is found.

mod cgroup;
mod family;
mod family_sampler;
mod stat;

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use super::sampler::{Kind, Sampler};
pub(super) use cgroup::Cgroup;
pub(super) use family::{Claim, Family};
use family_sampler::FamilySampler;

/// What looks at a server's processes, if they are here. `serves_monitor` says which of them serves the monitor, where
/// each connection has one.
pub(super) fn samplers(family: Option<Family>, serves_monitor: Option<Rc<Cell<Option<u32>>>>) -> Vec<Box<dyn Sampler>> {
    let Some(family) = family else { return Vec::new() };
    let mut samplers: Vec<Box<dyn Sampler>> = vec![Box::new(FamilySampler::new(family, serves_monitor))];
    if let Some(cgroup) = Cgroup::of_server(family.pid()) {
        samplers.push(Box::new(cgroup));
    }
    samplers
}

/// What they follow over time, by name.
pub(super) fn outline() -> Vec<(&'static str, Vec<&'static str>)> {
    let names = |figures: &[(&'static str, Kind)]| figures.iter().map(|(name, _)| *name).collect();
    vec![
        ("process", names(&[&family_sampler::FIGURES[..], &[family_sampler::OF_MONITOR]].concat())),
        ("cgroup", names(&cgroup::FIGURES)),
    ]
}

/// Where Linux tells of processes.
fn proc() -> &'static Path {
    Path::new("/proc")
}
