//! `throng.pg` and `user.pg`: PostgreSQL for scripts.
//!
//! `client` is the object behind `user.pg`, `user.pg.NAME` and the `tx` of a transaction; what
//! it can do is spread over files by concern: `run` (query, one, value, execute, script),
//! `bulk` (batch, pipeline), `transaction`, `copy`, `cursor`, `listen`. `statement` holds what is
//! sent, `call` what a call gives, `params` turns Lua values into parameters, and `results` rows into Lua tables.

mod bulk;
mod call;
mod client;
mod copy;
mod cursor;
mod listen;
mod params;
mod results;
mod run;
mod statement;
mod transaction;

#[cfg(test)]
pub(super) use client::METHODS;
pub use client::object;
#[cfg(test)]
pub(super) use listen::Handle as Listener;
pub use statement::{labelled_statements, module};
