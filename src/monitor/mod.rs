//! Looking at targets and at throng itself.
//!
//! `probe` finds out before the load whether the targets are there and new
//! enough, and a `stranger` no target at all; [`claims`] keeps off tables that others made; [`doctor`] is all of that as
//! a checklist, and more; [`Processor`] measures what throng itself takes.
//!
//! [`Monitor`] watches while the users are there, on a thread of its own. A *source* is one thing to watch, with a folder
//! of its own (`postgres/`, `redis/`, `host/`); each of its *samplers* ([`sampler::Sampler`]) is a file there and a line in its registry.
//! What both a target and the machine may have is in `process/`: a server's processes, and its cgroup.
//! `watch` asks them, at the pace that `pace` allows; `book` keeps what they read, within bounds.

mod book;
pub mod claims;
pub mod doctor;
mod headroom;
mod host;
#[allow(clippy::module_inception, reason = "it is the monitor")]
mod monitor;
mod outline;
mod pace;
mod plans;
mod postgres;
pub mod probe;
mod process;
mod processor;
mod redis;
mod sampler;
mod stranger;
mod watch;

use std::time::Duration;

pub use claims::ClaimError;
pub use headroom::{Headroom, beside};
pub use monitor::{Labelled, Monitor, Peep};
pub use outline::outlines;
pub use plans::Plans;
pub use probe::{ProbeError, Probed};
pub use processor::Processor;

/// How long a question of throng's own may take, whatever limit the users' statements have.
const PATIENCE: Duration = Duration::from_secs(10);
