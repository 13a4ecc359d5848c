//! Everything that knows Lua: the sandboxed state, loading a scenario, and the API that scripts call.
//!
//! A [`State`] is one Lua state with its sandbox; [`Scenario`] is a scenario
//! loaded into it: what it declares, as plain data for the plan, and what it
//! does, as Lua functions. A [`User`] plays. The [`Host`] is what the API may
//! reach: clock, recorder, pools, timeline. `api/` has one file per Lua module
//! and a registry line for each. The engine drives; nothing here decides who
//! does what when.

pub mod api;
mod error;
mod fields;
mod host;
mod operation;
mod random;
mod scenario;
mod shared;
mod source;
mod state;
mod timeline;
mod user;
mod values;

pub use error::{ScriptError, Thrown, classify};
pub use fields::{Fields, Named};
pub use host::{Host, Pools, Stage};
pub use operation::{OperationCells, play};
pub use random::Stream;
pub use scenario::{Behaviour, PersonaBehaviour, Scenario, Steps};
pub use shared::Shared;
pub use source::Source;
pub use state::State;
pub use timeline::{PhaseId, Timeline};
pub use user::{Tally, User};
pub use values::{from_lua, to_lua};
