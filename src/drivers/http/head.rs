//! What an answer says before its body.

use std::time::Duration;

use hyper::{HeaderMap, StatusCode};

/// Status and headers of an answer.
#[derive(Debug, Clone)]
pub struct Head {
    /// The status.
    pub status: StatusCode,
    /// The headers, with names in small letters.
    pub headers: HeaderMap,
    /// From the request's leaving to its coming.
    pub first_byte: Duration,
}
