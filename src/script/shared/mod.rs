//! State that scripts share across workers: counters, queues, barriers, maps; the run's folder and log.
//!
//! One [`Shared`] lives as long as the run, `setup` and `verify` included. Every
//! part may be used from any worker's runtime: waiting rests on tokio's
//! synchronisation, which wakes across runtimes, and no lock is held while a
//! script runs or waits. Nothing here knows Lua; values are plain data.

mod barrier;
mod folder;
mod log;
mod map;
mod queue;
mod registry;
mod store;

pub use barrier::Barrier;
pub use log::{Level, Log, Sink};
pub use map::Map;
pub use queue::Queue;
pub use store::Shared;
