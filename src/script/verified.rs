//! Whether a `verify` that threw nothing has verified anything.
//!
//! `throng.verify` leaves in the run's shared state what is looked at here: how many lists of checks wait to be
//! finished, which names users counted, and which of them were asked about.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use mlua::{MultiValue, Value};

use super::error::Thrown;
use super::shared::Shared;

/// Lists of checks that were begun and not finished, anywhere in the run.
pub(super) fn unfinished(shared: &Shared) -> i64 {
    shared.counter("throng.verify.unfinished").load(Ordering::Relaxed)
}

/// What `verify` says by what it returns: false, or nil and a message, is something wrong.
pub(super) fn said(returned: &MultiValue) -> Result<(), Thrown> {
    let message = returned.get(1).and_then(Value::as_string).map(|message| message.to_string_lossy());
    match (returned.front(), message) {
        (Some(Value::Boolean(false) | Value::Nil), Some(message)) => Err(Thrown::raised("verify", message)),
        (Some(Value::Boolean(false)), None) => Err(Thrown::raised("verify", "`verify` returned false".to_owned())),
        _ => Ok(()),
    }
}

/// Whether all that was checked since `before` lists were unfinished was also judged, and against what was counted.
pub(super) fn judged(shared: &Shared, before: i64) -> Result<(), Thrown> {
    if unfinished(shared) > before {
        let message = "`verify` made checks whose outcome nobody asked for";
        return Err(Thrown::misuse_with(message, "end it with `checks:finish()`, which raises what is wrong"));
    }
    let names = |as_what: &str| BTreeSet::from_iter(shared.map(&format!("throng.verify.{as_what}")).keys());
    let (counted, asked) = (names("counted"), names("asked"));
    // A name that nobody counted may be of work that no user came to do; one left over beside it is a slip.
    match (asked.difference(&counted).next(), counted.difference(&asked).next()) {
        (Some(never), Some(left)) => Err(Thrown::misuse_with(
            format!("`verify` asks for `{never}`, which nobody counted, and not for `{left}`, which was counted"),
            "give `checks:counted` the names that `verify.counted` has",
        )),
        _ => Ok(()),
    }
}
