//! Where the time went: response = wait + pool + client + network + server, and what can't be attributed.
//!
//! The server tells how long it took for each statement in all; the clients tell how long they waited for it, by
//! operation. So each operation has the part of the server's time that it has of the clients' waiting. What a statement's
//! sessions were met doing splits that time further. One file for each kind of target that tells its time. Executions that
//! failed are apart: PostgreSQL counts none of their time, so that it can't be told from the way there and back.

mod fill;
mod known;
mod postgres;
mod redis;

pub(super) use fill::fill;
