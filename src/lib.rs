//! throng plays user personas, written in Lua, against PostgreSQL and Redis, and tells what they felt.
//!
//! The folders are the layers; `ARCHITECTURE.md` says what each may import and
//! `tests/architecture.rs` holds it to that. Start reading at [`engine::session`].

pub mod analysis;
pub mod bundle;
pub mod cli;
pub mod clock;
pub mod drivers;
pub mod engine;
pub mod export;
pub mod monitor;
pub mod plan;
pub mod record;
pub mod report;
pub mod script;
pub mod servers;
pub mod stats;
