//! `--tui`: a run on the whole terminal while it goes on, steered by keys.
//!
//! [`Screen`] observes the run. What it is told it puts into the view of `report/screen`, which a thread of its own, in
//! `show`, draws again and again while it listens to the keys of `keys`. The terminal is `raised` for it, and put down
//! again however the run ends, panics among them.

mod keys;
mod raised;
mod show;
mod watch;

pub use watch::Screen;
