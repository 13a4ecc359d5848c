//! Watching the machine that throng runs on, and throng's own part of what it takes.
//!
//! It is the generator's machine; where the targets are on it too, what they take is in it.

mod disks;
mod idle;
mod memory;
mod network;
mod processor;
mod source;
mod throng;

pub(super) use idle::Idle;
pub(super) use source::source;
