//! How the way to an HTTP server, or what it says, can fail beside being lost or too slow.

use std::fmt;

/// What went wrong; its words are those of error classes and of `err.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpFault {
    /// The host's name has no address.
    Dns,
    /// Nobody takes the connection, or not in time.
    Connect,
    /// TLS was refused, or is not what the server speaks.
    Tls,
    /// The server's certificate was refused.
    Certificate,
    /// What came is not HTTP, or no WebSocket.
    Protocol,
    /// The answer has a status that was not expected.
    Status(u16),
    /// The answer is larger than what was to be kept of it.
    TooLarge,
    /// The answer points elsewhere, once too often or to another server.
    Redirect,
    /// The other side closed a WebSocket, with this code.
    Closed(u16),
}

impl HttpFault {
    /// The word by which scripts tell it from others.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls | Self::Certificate => "tls",
            Self::Protocol => "protocol",
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::Redirect => "redirect",
            Self::Closed(_) => "closed",
        }
    }

    /// The status of the answer, or the code with which a WebSocket was closed.
    pub fn code(self) -> Option<u16> {
        match self {
            Self::Status(code) | Self::Closed(code) => Some(code),
            _ => None,
        }
    }

    /// What to do about it, if that is known.
    pub fn hint(self) -> Option<&'static str> {
        let certificate = "name the authority of its certificate behind the URL, `https://HOST/#ca=FILE`, or take any: `https://HOST/#insecure`";
        (self == Self::Certificate).then_some(certificate)
    }
}

impl fmt::Display for HttpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => write!(f, "{} {code}", self.kind()),
            None => f.write_str(self.kind()),
        }
    }
}
