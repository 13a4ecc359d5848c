//! All that scripts of one run share.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use super::folder::RunFolder;
use super::log::Log;
use super::registry::Registry;
use super::{Barrier, Map, Queue};
use crate::script::error::Thrown;

/// The shared state of one run.
#[derive(Debug, Default)]
pub struct Shared {
    counters: Registry<AtomicI64>,
    sequences: Registry<AtomicI64>,
    queues: Registry<Queue>,
    barriers: Registry<Barrier>,
    maps: Registry<Map>,
    files: RunFolder,
    log: Log,
}

impl Shared {
    /// Shared state of a run that keeps its files in `folder`, or else in a temporary one.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { files: RunFolder::new(folder), ..Self::default() }
    }

    /// The counter of that name; 0 at first.
    pub fn counter(&self, name: &str) -> Arc<AtomicI64> {
        self.counters.get(name, AtomicI64::default)
    }

    /// The sequence of that name; the number given out last, 0 at first.
    pub fn sequence(&self, name: &str) -> Arc<AtomicI64> {
        self.sequences.get(name, AtomicI64::default)
    }

    /// The queue of that name. `capacity` counts for whoever names the queue first.
    ///
    /// # Errors
    /// When a capacity is asked for that differs from the queue's own.
    pub fn queue(&self, name: &str, capacity: Option<usize>) -> Result<Arc<Queue>, Thrown> {
        let queue = self.queues.get(name, || Queue::new(capacity));
        match capacity {
            Some(wanted) if queue.capacity() != capacity => {
                let own = queue.capacity().map_or("no capacity".to_owned(), |own| format!("capacity {own}"));
                Err(Thrown::misuse(format!("the queue `{name}` has {own} already, not {wanted}")))
            }
            _ => Ok(queue),
        }
    }

    /// The barrier of that name for `parties` users.
    ///
    /// # Errors
    /// When the barrier is for another number of users.
    pub fn barrier(&self, name: &str, parties: usize) -> Result<Arc<Barrier>, Thrown> {
        let barrier = self.barriers.get(name, || Barrier::new(parties));
        if barrier.parties() == parties {
            Ok(barrier)
        } else {
            let own = barrier.parties();
            Err(Thrown::misuse(format!("the barrier `{name}` is for {own} users already, not {parties}")))
        }
    }

    /// The map of that name.
    pub fn map(&self, name: &str) -> Arc<Map> {
        self.maps.get(name, Map::default)
    }

    /// The folder of the run's own files.
    pub fn files(&self) -> &RunFolder {
        &self.files
    }

    /// Where scripts write lines for their author.
    pub fn log(&self) -> &Log {
        &self.log
    }
}
