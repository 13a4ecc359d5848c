//! Clients and pools for the systems under test. No Lua, no statistics.

mod backoff;
mod failure;
mod pool_status;
pub mod postgres;
pub mod redis;

pub use backoff::Backoff;
pub use failure::Failure;
pub use pool_status::{PoolCounters, PoolStatus};
