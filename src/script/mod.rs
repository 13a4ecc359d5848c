//! Everything that knows Lua: the sandboxed state, loading a scenario, and the API that scripts call.
//!
//! A [`State`] is one Lua state with its sandbox; [`Scenario`] is a scenario
//! loaded into it: what it declares, as plain data for the plan, and what it
//! does, as Lua functions. A [`User`] plays. The [`Host`] is what the API may
//! reach: clock, recorder, pools, timeline. `api/` has one file per Lua module
//! and a registry line for each. The engine drives; nothing here decides who
//! does what when.

pub mod api;
mod args;
mod asked;
mod blame;
mod cast;
mod error;
mod exemplars;
mod fields;
mod host;
mod members;
mod memory;
mod needs;
mod operation;
mod pauses;
mod place;
mod player;
mod pool_wait;
mod pools;
mod random;
mod read_only;
mod require;
mod scenario;
mod shared;
mod source;
mod state;
mod timeline;
mod turn;
mod user;
mod values;
mod verified;
mod waiting;

pub use crate::drivers::PoolStatus;
pub use cast::Cast;
pub use error::ScriptError;
pub use host::Host;
pub use player::Player;
pub use pools::{NamedPool, Pools};
pub use scenario::{Loaded, load};
pub use shared::{Level as LogLevel, Log, Shared, Sink as LogSink};
pub use source::{Folder, Source};
pub use timeline::{PhaseId, Timeline};
