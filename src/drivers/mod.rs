//! Clients and pools for the systems under test. No Lua, no statistics.

mod backoff;
mod failure;
pub mod http;
mod pool;
mod pool_status;
pub mod postgres;
pub mod redis;
mod socket;
pub mod ws;

pub use failure::Failure;
pub use pool::{Connector, Lease, Pool};
pub use pool_status::PoolStatus;
pub use socket::{Departure, in_turns};
