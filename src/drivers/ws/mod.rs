//! WebSockets to an HTTP target, each on a connection of its own outside of the target's pool.
//!
//! [`WebSocket::open`] shakes hands on a connection that `drivers/http` opens; `tungstenite` speaks the protocol. Pings of the
//! server are answered whenever something is received or sent. Dropped, a socket says farewell without waiting.

mod early;
mod failure;
mod socket;

pub use socket::{Received, WebSocket};
