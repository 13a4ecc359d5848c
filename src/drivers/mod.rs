//! Clients and pools for the systems under test. No Lua, no statistics.

mod failure;
pub mod postgres;
pub mod redis;

pub use failure::Failure;
