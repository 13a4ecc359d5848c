//! Says what went wrong in the terms of [`Failure`].

use super::encode::UnfitParameter;
use super::protocol::{Refusal, WireError};
use super::sqlstate::condition_name;
use super::statement::Statement;
use crate::drivers::Failure;

/// SQLSTATEs with which a server ends or refuses a session for reasons of its own:
/// `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `database_dropped`, `idle_session_timeout`.
const SESSION_ENDED: [&str; 5] = ["57P01", "57P02", "57P03", "57P04", "57P05"];

/// The class of connection exceptions.
const CONNECTION_EXCEPTION: &str = "08";

/// The failure of connecting to `host`.
pub(super) fn connect_failure(error: &WireError, host: &str) -> Failure {
    let why = match error {
        WireError::Refused(refusal) if !is_session_end(refusal) => return sql_failure(refusal),
        other => other,
    };
    Failure::ConnectionLost { message: format!("cannot connect to `{host}`: {why}") }
}

/// The failure of something done on a connection to `host`, of `statement` if it was one.
/// `epitaph` is what ended the connection, if it is known.
pub(super) fn failure(error: &WireError, statement: Option<&Statement>, host: &str, epitaph: Option<&str>) -> Failure {
    let label = || statement.map_or("script", |statement| statement.label());
    match error {
        WireError::Refused(refusal) if !is_session_end(refusal) => sql_failure(refusal),
        WireError::Refused(refusal) => lost(host, refusal.message()),
        WireError::Unfit(unfit) => unfit_parameter(unfit, label()),
        WireError::NotRows | WireError::Expects => Failure::Misuse {
            message: format!("statement `{}` was {error}", label()),
            hint: Some("use `copy_in` and `copy_out` for COPY".into()),
        },
        WireError::Unsendable(why) => {
            Failure::Misuse { message: format!("statement `{}` cannot be sent: {why}", label()), hint: None }
        }
        WireError::Copying => Failure::Misuse {
            message: format!("statement `{}` {error}", label()),
            hint: Some("let the COPY end first".into()),
        },
        WireError::Alien | WireError::Closed | WireError::Io(_) | WireError::Disagreement(_) => {
            lost(host, &epitaph.map_or_else(|| error.to_string(), str::to_owned))
        }
    }
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

fn is_session_end(refusal: &Refusal) -> bool {
    let code = refusal.code();
    refusal.is_fatal() && (SESSION_ENDED.contains(&code) || code.starts_with(CONNECTION_EXCEPTION))
}

/// Whether a prepared statement no longer fits: the server or a pooler forgot it, or its result changed with the schema.
pub(super) fn is_stale_statement(error: &WireError) -> bool {
    let WireError::Refused(refusal) = error else { return false };
    match refusal.code() {
        "26000" => true,
        // The message is translated; the routine that checks the plan is not.
        "0A000" => refusal.routine() == Some("RevalidateCachedQuery"),
        _ => false,
    }
}

fn sql_failure(refusal: &Refusal) -> Failure {
    let code = refusal.code();
    let hint = match refusal.field(b'H') {
        // Only `text` can be had of a type without a binary form, such as `aclitem`.
        None if refusal.routine() == Some("getTypeBinaryOutputInfo") => Some("cast the column to `text`"),
        hint => hint,
    };
    let fields = [
        ("detail", refusal.field(b'D')),
        ("hint", hint),
        ("constraint", refusal.field(b'n')),
        ("table", refusal.field(b't')),
        ("column", refusal.field(b'c')),
        ("schema", refusal.field(b's')),
        ("datatype", refusal.field(b'd')),
        ("where", refusal.field(b'W')),
        ("position", refusal.field(b'P').or_else(|| refusal.field(b'p'))),
    ];
    Failure::Sql {
        code: code.to_owned(),
        name: condition_name(code).to_owned(),
        message: refusal.message().to_owned(),
        fields: fields.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))).collect(),
    }
}
