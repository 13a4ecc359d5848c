//! `user.ws`: WebSockets to the application in front.
//!
//! `client` is the object itself, which opens sockets as its `options` say; `socket` is what scripts get. A socket has a
//! connection of its own, outside of the pool, and ends with its user.

mod client;
mod options;
mod socket;

pub use client::object;
#[cfg(test)]
pub(super) use {client::METHODS, socket::METHODS as SOCKET_METHODS};
