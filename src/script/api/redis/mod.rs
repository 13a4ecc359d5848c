//! `user.redis`: every Redis command as a method, pipelines, transactions, scripts, subscriptions.
//!
//! `client` is the object itself; it sends what `arguments` makes of a call and
//! hands back what `reply` makes of an answer. `queue` collects commands for
//! `pipeline` and `transaction`.

mod arguments;
mod client;
mod pipeline;
mod queue;
mod reply;
mod script;
mod subscription;
mod transaction;

pub use client::object;
#[cfg(test)]
pub(super) use {script::Bound as Script, subscription::Subscribed as Subscription};
