//! The machine as a source to be watched.

use super::super::process::Cgroup;
use super::super::sampler::Sampler;
use super::super::watch::Source;
use super::disks::Disks;
use super::memory::Memory;
use super::network::Network;
use super::processor::Processor;
use super::throng::Throng;
use crate::record::SourceRecord;

/// Its name and its kind: there is but one.
const NAME: &str = "host";

/// Finds out what can be seen of the machine, of which so many percent were busy before the load, if that is known.
pub(in crate::monitor) fn source(idle_percent: Option<f64>) -> Source {
    let version = sysinfo::System::long_os_version().ok();
    let about = SourceRecord { name: NAME.to_owned(), kind: NAME.to_owned(), version, ..SourceRecord::default() };
    let mut source = Source::unseen(about);
    source.samplers = [
        Processor::new(idle_percent).map(boxed),
        Memory::new().map(boxed),
        Throng::new().map(boxed),
        Disks::new().map(boxed),
        Network::new().map(boxed),
        Cgroup::own().map(boxed),
    ]
    .into_iter()
    .flatten()
    .collect();
    source
}

fn boxed(sampler: impl Sampler + 'static) -> Box<dyn Sampler> {
    Box::new(sampler)
}
