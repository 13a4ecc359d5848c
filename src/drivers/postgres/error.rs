//! Says what went wrong in the terms of [`Failure`].

use std::error::Error as _;

use tokio_postgres::error::{DbError, ErrorPosition, Severity};

use super::encode::UnfitParameter;
use super::sqlstate::condition_name;
use super::statement::Statement;
use crate::drivers::Failure;

/// SQLSTATEs with which a server ends or refuses a session for reasons of its own:
/// `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `database_dropped`, `idle_session_timeout`.
const SESSION_ENDED: [&str; 5] = ["57P01", "57P02", "57P03", "57P04", "57P05"];

/// The class of connection exceptions.
const CONNECTION_EXCEPTION: &str = "08";

/// What the driver says to an answer that is neither rows nor an error, such as COPY's.
const UNEXPECTED: &str = "unexpected message from server";

/// What the driver says of something that it cannot write, before anything is sent; a NUL byte also where it mistakes
/// its own text for an answer.
const UNSENDABLE: [&str; 2] = ["error encoding message to server", "string contains embedded null"];

/// What the driver says of an answer that does not follow the protocol: it has no message, or the connection ends
/// in the middle of what would be one.
const NOT_THE_PROTOCOL: [&str; 3] = [UNEXPECTED, "error parsing response from server", "bytes remaining on stream"];

/// The failure of connecting to `host`.
pub(super) fn connect_failure(error: &tokio_postgres::Error, host: &str) -> Failure {
    match error.as_db_error() {
        Some(db) if !is_session_end(db) => sql_failure(db),
        Some(db) => cannot_connect(host, db.message()),
        None if is_one_of(error, &NOT_THE_PROTOCOL) => {
            cannot_connect(host, "what answers there does not speak PostgreSQL's protocol")
        }
        None => cannot_connect(host, &describe(error)),
    }
}

fn cannot_connect(host: &str, why: &str) -> Failure {
    Failure::ConnectionLost { message: format!("cannot connect to `{host}`: {why}") }
}

/// The failure of something done on a connection to `host`, of `statement` if it was one.
/// `epitaph` is what ended the connection, if it is known.
pub(super) fn failure(
    error: &tokio_postgres::Error,
    statement: Option<&Statement>,
    host: &str,
    epitaph: Option<&str>,
) -> Failure {
    if let Some(db) = error.as_db_error() {
        return if is_session_end(db) { lost(host, db.message()) } else { sql_failure(db) };
    }
    let label = statement.map_or("script", |statement| statement.label());
    if let Some(unfit) = error.source().and_then(|cause| cause.downcast_ref::<UnfitParameter>()) {
        return unfit_parameter(unfit, label);
    }
    if error.to_string() == UNEXPECTED {
        return Failure::Misuse {
            message: format!("statement `{label}` was answered by something else than rows"),
            hint: Some("use `copy_in` and `copy_out` for COPY".into()),
        };
    }
    if is_one_of(error, &UNSENDABLE) {
        return Failure::Misuse {
            message: format!("statement `{label}` cannot be sent: {}", describe(error)),
            hint: None,
        };
    }
    lost(host, &epitaph.map_or_else(|| describe(error), str::to_owned))
}

/// The failure of a parameter that its type cannot take.
pub(super) fn unfit_parameter(unfit: &UnfitParameter, label: &str) -> Failure {
    Failure::Misuse {
        message: format!("parameter {} of statement `{label}` {}", unfit.number, unfit.mismatch),
        hint: unfit.mismatch.hint().map(str::to_owned),
    }
}

fn lost(host: &str, why: &str) -> Failure {
    Failure::ConnectionLost { message: format!("connection to `{host}` lost: {why}") }
}

/// What an error means for the connection that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aftermath {
    /// It can be used as before.
    Usable,
    /// It is at its end.
    Ended,
    /// The rest of an answer that was not understood would be taken for the next statement's.
    MidAnswer,
}

/// What `error` means for the connection that met it.
pub(super) fn aftermath(error: &tokio_postgres::Error) -> Aftermath {
    match error.as_db_error() {
        Some(db) if is_fatal(db) => Aftermath::Ended,
        Some(_) => Aftermath::Usable,
        None if error.source().is_some_and(|cause| cause.is::<UnfitParameter>()) => Aftermath::Usable,
        None if is_one_of(error, &UNSENDABLE) => Aftermath::Usable,
        None if error.to_string() == UNEXPECTED => Aftermath::MidAnswer,
        None => Aftermath::Ended,
    }
}

fn is_fatal(error: &DbError) -> bool {
    matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

fn is_session_end(error: &DbError) -> bool {
    let code = error.code().code();
    is_fatal(error) && (SESSION_ENDED.contains(&code) || code.starts_with(CONNECTION_EXCEPTION))
}

/// Whether a prepared statement no longer fits: the server or a pooler forgot it, or its result changed with the schema.
pub(super) fn is_stale_statement(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| match db.code().code() {
        "26000" => true,
        // The message is translated; the routine that checks the plan is not.
        "0A000" => db.routine() == Some("RevalidateCachedQuery"),
        _ => false,
    })
}

fn sql_failure(error: &DbError) -> Failure {
    let code = error.code().code();
    let position = error.position().map(|position| match position {
        ErrorPosition::Original(at) | ErrorPosition::Internal { position: at, .. } => at.to_string(),
    });
    let hint = match error.hint() {
        // Only `text` can be had of a type without a binary form, such as `aclitem`.
        None if error.routine() == Some("getTypeBinaryOutputInfo") => Some("cast the column to `text`"),
        hint => hint,
    };
    let fields = [
        ("detail", error.detail()),
        ("hint", hint),
        ("constraint", error.constraint()),
        ("table", error.table()),
        ("column", error.column()),
        ("schema", error.schema()),
        ("datatype", error.datatype()),
        ("where", error.where_()),
        ("position", position.as_deref()),
    ];
    Failure::Sql {
        code: code.to_owned(),
        name: condition_name(code).to_owned(),
        message: error.message().to_owned(),
        fields: fields.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))).collect(),
    }
}

/// Whether the driver's error, or its cause, is worded so; its kinds cannot be asked for.
fn is_one_of(error: &tokio_postgres::Error, texts: &[&str]) -> bool {
    texts.contains(&error.to_string().as_str()) || texts.contains(&describe(error).as_str())
}

/// The innermost cause, which says more than `error communicating with the server`.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match error.source() {
        Some(cause) => cause.to_string(),
        None => error.to_string(),
    }
}
