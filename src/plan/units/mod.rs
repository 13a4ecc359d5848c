//! Values with units, and the one parser for them.
//!
//! Everything is kept in whole nanoseconds, bytes or millionths, so that what
//! is read, counted with and shown again is exactly what was written.

mod counted;
mod decimal;
mod duration;
mod error;
mod percent;
mod rate;
mod size;

pub use counted::counted;
pub use duration::{duration_of_seconds, format_duration, parse_duration, parse_duration_range};
pub use error::UnitError;
pub use percent::Percent;
pub use rate::Rate;
pub use size::{format_size, parse_size};
