//! Redis: a pool of connections, commands, pipelines, transactions, scripts, subscriptions.
//!
//! A [`Pool`] gives out a [`Lease`], which derefs to a [`Connection`] that nobody else uses
//! meanwhile. A [`Subscription`] has a connection of its own, outside the pool. Replies are
//! the protocol's own [`Value`]; what they look like in a script is the script layer's matter.
//! RESP3 is spoken unless the URL says `?protocol=resp2`.
//!
//! Below both lies a `link`: a socket out of `drivers/socket` onto which commands are written as they go over the
//! wire, and in whose input `resp` finds and reads the replies. `address`, `tls` and `login` open one.

mod address;
mod command;
mod connection;
mod failure;
mod link;
mod login;
mod pool;
mod resp;
mod script;
mod subscription;
mod tls;
mod verb;

pub use ::redis::Value;
pub use address::check;
pub use command::Command;
pub use connection::{Connection, Executed};
pub use failure::refusal;
pub use pool::{Connector, Lease, Pool};
pub use script::Script;
pub use subscription::{Message, Subscription};
pub use verb::Verb;
