//! What can go wrong between a request and its answer, before it is put in the terms of a failure.

use std::io;

use super::Refusal;
use crate::drivers::postgres::encode::UnfitParameter;

/// What went wrong on the wire.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum WireError {
    /// The server answered with an error.
    #[error("{}", .0.message())]
    Refused(Box<Refusal>),
    /// A parameter that its type cannot take; nothing was sent.
    #[error(transparent)]
    Unfit(#[from] UnfitParameter),
    /// A text that the protocol cannot carry; nothing was sent.
    #[error("{0}")]
    Unsendable(io::Error),
    /// The answer is neither rows nor an error, but was read to its end.
    #[error("answered by something else than rows")]
    NotRows,
    /// The server waits for something, such as COPY's rows, that nobody is going to send.
    #[error("answered by something else than rows")]
    Expects,
    /// A COPY is under way, and nothing was sent.
    #[error("cannot run during a COPY on the same connection")]
    Copying,
    /// What came does not follow the protocol.
    #[error("what answers there does not speak PostgreSQL's protocol")]
    Alien,
    /// The other side ended the connection without a word.
    #[error("connection closed")]
    Closed,
    /// The connection broke.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The server and the connection string do not agree.
    #[error("{0}")]
    Disagreement(&'static str),
}

impl WireError {
    /// Whether the connection cannot be used after it.
    pub(in super::super) fn ends_connection(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_fatal(),
            Self::Unfit(_) | Self::Unsendable(_) | Self::NotRows | Self::Copying => false,
            Self::Expects | Self::Alien | Self::Closed | Self::Io(_) | Self::Disagreement(_) => true,
        }
    }

    /// What the body of an ErrorResponse says.
    pub(in super::super) fn refused(body: &[u8]) -> Self {
        Self::Refused(Box::new(Refusal::read(body)))
    }
}
