//! What will be run, as plain data: load models, targets, pools, limits.
//!
//! Nothing here does I/O, knows Lua, or imports another layer. [`Plan`] is the
//! resolved whole; [`load`] computes who starts when, as pure functions.

mod data;
pub mod load;
mod params;
mod persona;
mod run;
pub mod shares;
pub mod target;
mod think;
pub mod units;

pub use data::Data;
pub use params::{Param, Params};
pub use persona::{Assignment, PersonaPlan};
pub use run::{Group, Limits, Origin, Plan};
pub use think::Think;
