//! From the client library's errors to [`Failure`].

use redis::{ErrorKind, RedisError, ServerError, Value};

use crate::drivers::Failure;

/// The error that a reply is, if it is one; replies of pipelines and transactions are so one by one.
pub fn refusal(value: &Value) -> Option<Failure> {
    match value {
        Value::ServerError(error) => Some(refused(error)),
        _ => None,
    }
}

/// What went wrong with a command on a connection to `place`.
pub(super) fn of(error: RedisError, place: &str) -> Failure {
    match error.code() {
        Some(word) => from_parts(word, error.detail()),
        None => Failure::ConnectionLost { message: format!("connection to `{place}` lost: {}", reason(&error)) },
    }
}

/// What went wrong before a connection could take commands.
pub(super) fn while_connecting(error: &RedisError, place: &str) -> Failure {
    match (error.kind(), error.code()) {
        _ if lacks_resp3(error) => Failure::Misuse {
            message: format!("`{place}` does not speak RESP3, which Redis has since version 6"),
            hint: Some("put `?protocol=resp2` at the end of its URL".into()),
        },
        // The library words it differently by protocol, and keeps the server's own words in the detail.
        (ErrorKind::AuthenticationFailed, _) => Failure::Redis {
            word: "WRONGPASS".into(),
            message: format!("`{place}` refused user or password: {}", reason(error)),
        },
        (_, Some(word)) => from_parts(word, error.detail()),
        _ => Failure::ConnectionLost { message: format!("no connection to `{place}`: {}", reason(error)) },
    }
}

/// Whether the server does not know `HELLO 3`: Redis before 6, or a proxy.
fn lacks_resp3(error: &RedisError) -> bool {
    error.kind() == ErrorKind::RESP3NotSupported
        || error.code() == Some("NOPROTO")
        || error.detail().is_some_and(|detail| detail.starts_with("unknown command") && detail.contains("HELLO"))
}

/// The library's wording without its names of error kinds.
pub(super) fn reason(error: &RedisError) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::Io, _) | (_, None) => error.to_string(),
        (_, Some(detail)) => detail.to_owned(),
    }
}

fn refused(error: &ServerError) -> Failure {
    from_parts(error.code(), error.details())
}

fn from_parts(word: &str, details: Option<&str>) -> Failure {
    let details = match word {
        // The server's own words tell a client's author what to do, and not a user.
        "NOAUTH" => Some(
            "the password is missing: give it in the URL, as `redis://:PASSWORD@HOST` or `redis://USER:PASSWORD@HOST`",
        ),
        _ => details,
    };
    let message = details.map_or_else(|| word.to_owned(), |details| format!("{word} {details}"));
    Failure::Redis { word: word.to_owned(), message }
}
