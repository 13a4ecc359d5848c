//! Watching one Redis.
//!
//! Most samplers are one section of `INFO` (`info.rs`, a file each in `samplers/`). `link` is the connection, `rights`
//! finds out what may be asked, `source` brings all together.

mod info;
mod link;
mod reply;
mod rights;
mod samplers;
mod shape;
mod source;

pub(super) use reply::{fields, pairs, text};
pub(super) use samplers::outline;
pub(super) use source::source;
