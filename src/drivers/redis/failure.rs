//! From Redis's errors to [`Failure`].

use redis::{ErrorKind, RedisError, Value};

use crate::drivers::Failure;

/// The error that a reply is, if it is one; replies of pipelines and transactions are so one by one.
pub fn refusal(value: &Value) -> Option<Failure> {
    let Value::ServerError(error) = value else { return None };
    let word = error.code();
    let details = match word {
        // The server's own words tell a client's author what to do, and not a user.
        "NOAUTH" => Some(
            "the password is missing: give it in the URL, as `redis://:PASSWORD@HOST` or `redis://USER:PASSWORD@HOST`",
        ),
        _ => error.details(),
    };
    let message = details.map_or_else(|| word.to_owned(), |details| format!("{word} {details}"));
    Some(Failure::Redis { word: word.to_owned(), message })
}

/// A refusal of the first thing that a connection to `place` says.
pub(super) fn while_greeting(failure: Failure, place: &str) -> Failure {
    let Failure::Redis { word, message } = failure else { return failure };
    let details = message.strip_prefix(&word).unwrap_or(&message).trim_start();
    // Redis before 6, or a proxy.
    if word == "NOPROTO" || (details.starts_with("unknown command") && details.contains("HELLO")) {
        return Failure::Misuse {
            message: format!("`{place}` does not speak RESP3, which Redis has since version 6"),
            hint: Some("put `?protocol=resp2` at the end of its URL".into()),
        };
    }
    // Before version 6 the word is `ERR`.
    if word == "WRONGPASS" || details == "invalid password" || details.contains("AUTH") && word == "ERR" {
        let message = format!("`{place}` refused user or password: {message}");
        return Failure::Redis { word: "WRONGPASS".into(), message };
    }
    Failure::Redis { word, message }
}

/// The library's wording without its names of error kinds.
pub(super) fn reason(error: &RedisError) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::Io, _) | (_, None) => error.to_string(),
        (_, Some(detail)) => detail.to_owned(),
    }
}
