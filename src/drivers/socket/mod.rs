//! Connected sockets as both drivers use them: TCP, TCP with TLS, and Unix sockets.
//!
//! A statement or command costs one write and one read, and nothing in between: no task, no channel, no read that
//! finds nothing. Start at [`Socket`]. What is written goes through an `outbox`; inside a worker's turn
//! ([`in_turns`]) outboxes are emptied together at the turn's end, elsewhere at once. `stream` is what the kinds of
//! sockets have in common, `tls` turns plain bytes into what travels and back.
//!
//! Knows no protocol above TLS.

mod open;
mod outbox;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod turn;
mod unverified;

pub(super) use open::{KeepAlive, Socket, TcpOptions};
pub use outbox::Departure;
pub use turn::in_turns;
pub(super) use unverified::Unverified;
