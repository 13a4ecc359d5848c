//! `throng doctor`: what stands in the way of a run, what would make it tell less, and what to do about each.
//!
//! [`examine`] looks at the targets of a plan and at this machine. For each kind of subject, `facts` asks and the
//! checks judge: pure functions of the facts, one theme a file, one line in the kind's registry. Nothing here puts load
//! on a target or changes anything.

mod examine;
mod http;
mod item;
mod machine;
mod postgres;
mod redis;
mod refusal;
mod round_trips;

pub use examine::examine;
pub use item::{Checklist, Item, State};
