//! A run on a full screen while it goes on: what is shown, and where.
//!
//! [`View`] is what is known of the run, told by whoever observes it; [`Hand`] is what whoever watches has chosen to see;
//! [`draw`] puts the one on a frame as the other asks for. [`SoFar`] is what rules look at for findings. Each panel is a file. Nothing here knows a terminal, a key or
//! a clock: `cli/screen` has those.

mod charts;
mod draw;
mod footer;
mod hand;
mod header;
mod help;
mod history;
mod layout;
mod lists;
mod look;
mod operations;
mod panel;
#[cfg(test)]
mod pictures;
mod so_far;
mod view;
mod waits;

pub use draw::draw;
pub use hand::{Hand, Step};
pub use look::Look;
pub use so_far::SoFar;
pub use view::{Steers, View};
