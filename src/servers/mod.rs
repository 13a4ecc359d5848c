//! Throwaway PostgreSQL and Redis servers for runs without a target, and for tests.
//!
//! [`ThrowawayPostgres`] and [`ThrowawayRedis`] start a server from the binaries installed
//! on the machine, in a private folder, and are gone with it when dropped. Who sees to what:
//!
//! - `binaries` finds the servers and says how to install them; `account` whom they run as.
//! - `folder` holds a server's files and the lease that shows its owner to be alive.
//! - `instance` is one running process: started, awaited, signalled, ended.
//! - `watcher` ends it when throng is killed; [`sweep`] does so for whatever a watcher missed.
//!
//! Nothing here speaks SQL or knows what a run is.

mod account;
mod binaries;
mod error;
mod folder;
mod instance;
mod kept;
mod postgres;
mod process;
mod redis;
mod sweep;
mod watcher;

pub use error::ServerError;
pub use instance::Instance;
pub use kept::Kept;
pub use postgres::{PostgresOptions, ThrowawayPostgres};
pub use redis::{RedisOptions, ThrowawayRedis};
pub use sweep::sweep;
