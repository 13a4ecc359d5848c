//! What figures are held against: limits, and presets of them by what a system is for.
//!
//! [`Limit`] lists every limit with its default, [`PRESETS`] the named sets of other values. Ratings and findings read
//! them from the record, so that a record says what it was judged by.

mod limit;
mod presets;

pub use limit::{Limit, Unit};
pub use presets::{DEFAULT, PRESETS, Preset, find};
