//! PostgreSQL's frontend/backend protocol, version 3.0, as far as throng speaks it.
//!
//! [`Wire`] is a socket that gives whole messages; `startup` and `authenticate` open a session on it. [`request`]
//! writes what is asked, [`describe`](described) and [`Refusal`] read what is answered; `frame` cuts messages out of bytes.
//! Who waits for which answer is the channel's business, one level up. Source: PostgreSQL's documentation, "Frontend/Backend Protocol".

mod authenticate;
mod describe;
mod error;
mod frame;
mod refusal;
pub(super) mod request;
mod startup;
mod wire;

pub(super) use describe::{Described, affected, described, parameters};
pub(super) use error::WireError;
pub(super) use frame::Message;
pub(super) use refusal::Refusal;
pub(super) use startup::{Session, start};
pub(super) use wire::{Status, Wire};
