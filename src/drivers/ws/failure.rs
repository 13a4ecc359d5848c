//! From the errors of the library to [`Failure`].

use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::drivers::Failure;
use crate::drivers::http::HttpFault;

/// What an error on the connection to `place` means for a user.
pub(super) fn failure(place: &str, error: &Error) -> Failure {
    let lost = |why: &str| Failure::ConnectionLost { message: format!("WebSocket to `{place}` lost: {why}") };
    let (fault, message) = match error {
        Error::ConnectionClosed | Error::AlreadyClosed => return lost("it is closed"),
        Error::Io(error) => return lost(&error.to_string()),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::HandshakeIncomplete) => {
            return lost("the server hung up without a farewell");
        }
        Error::Http(answer) => {
            let message = format!("`{place}` answered {} where a WebSocket was asked for", answer.status());
            (HttpFault::Status(answer.status().as_u16()), message)
        }
        Error::Capacity(error) => (HttpFault::TooLarge, format!("a message of `{place}` is too large: {error}")),
        other => (HttpFault::Protocol, format!("what `{place}` sends is no WebSocket: {other}")),
    };
    Failure::Http { fault, message }
}

/// The code of a frame that says farewell; without one the code is 1005 (RFC 6455, section 7.1.5).
pub(super) fn code(frame: Option<&CloseFrame>) -> u16 {
    frame.map_or(1005, |frame| frame.code.into())
}

/// The other side's farewell.
pub(super) fn closed(place: &str, frame: Option<&CloseFrame>) -> Failure {
    let code = code(frame);
    let reason = frame.map(|frame| frame.reason.as_str()).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    Failure::Http { fault: HttpFault::Closed(code), message: format!("`{place}` closed the WebSocket, {code}{reason}") }
}
