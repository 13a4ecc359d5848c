//! `transaction`: a function within a transaction, played again after a conflict if asked to.

use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use mlua::{Function, Lua, MultiValue};
use rand::RngExt;

use super::client::Client;
use crate::drivers::Failure;
use crate::drivers::postgres::{Isolation, Lease, TransactionOptions};
use crate::script::args::Args;
use crate::script::error::{Thrown, thrown};
use crate::script::fields::Fields;
use crate::script::user::Tally;
use crate::script::waiting::call;

/// The longest pause before the first retry; doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// The longest pause before any retry. Conflicts are over in milliseconds; waiting longer only idles.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// `serialization_failure` and `deadlock_detected`: the same transaction may well succeed the next time.
const CONFLICTS: [&str; 2] = ["40001", "40P01"];

pub(super) static BEGIN: LazyLock<Arc<str>> = LazyLock::new(|| "BEGIN".into());
pub(super) static COMMIT: LazyLock<Arc<str>> = LazyLock::new(|| "COMMIT".into());
pub(super) static ROLLBACK: LazyLock<Arc<str>> = LazyLock::new(|| "ROLLBACK".into());

/// `transaction(function(tx) … end, options)`: what the function returns.
pub(super) async fn transaction(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<MultiValue> {
    let host = client.host();
    let mut arguments = Args::new("transaction", arguments);
    let work: Function = arguments.req("work")?;
    let (options, retries) = read_options(arguments.options()?)?;
    let mut attempt = 0;
    loop {
        // Taken anew for each attempt, as an application would, so that pauses hold no connection.
        let lease = Rc::new(client.acquire().await?);
        let result = play(lua, client, &lease, &work, options).await;
        drop(lease);
        match result {
            Err(error) if attempt < retries && is_conflict(&error) => {
                attempt += 1;
                Tally::add(&client.user().tally.retries, 1);
                host.clock.sleep(pause(attempt)).await;
            }
            result => return result,
        }
    }
}

fn read_options(mut fields: Fields) -> Result<(TransactionOptions, u64), Thrown> {
    let isolation: Option<String> = fields.opt("isolation")?;
    let read_only = fields.opt("read_only")?.unwrap_or(false);
    let deferrable = fields.opt("deferrable")?.unwrap_or(false);
    let retries: u64 = fields.opt("retry")?.unwrap_or(0);
    fields.finish()?;
    let isolation = match isolation.as_deref() {
        None => None,
        Some("read uncommitted") => Some(Isolation::ReadUncommitted),
        Some("read committed") => Some(Isolation::ReadCommitted),
        Some("repeatable read") => Some(Isolation::RepeatableRead),
        Some("serializable") => Some(Isolation::Serializable),
        Some(other) => {
            return Err(Thrown::misuse_with(
                format!("`transaction`: there is no isolation `{other}`"),
                "it is `read committed`, `repeatable read` or `serializable`",
            ));
        }
    };
    Ok((TransactionOptions { isolation, read_only, deferrable }, retries))
}

/// One attempt: begin, the function, commit; or roll back.
async fn play(
    lua: &Lua,
    client: &Client,
    lease: &Rc<Lease>,
    work: &Function,
    options: TransactionOptions,
) -> mlua::Result<MultiValue> {
    client.timed(lease, &BEGIN, true, pin!(lease.begin(options))).await?;
    let (tx, holding) = client.hold(client.target_name()?, lease);
    let result = call::<MultiValue>(work, tx.into_lua(lua)?).await;
    drop(holding);
    match result {
        Ok(values) => {
            client.timed(lease, &COMMIT, true, pin!(lease.commit())).await?;
            Ok(values)
        }
        Err(error) => {
            // What failed is of more interest than how the rollback went; without it the connection is not used again.
            let _ = client.timed(lease, &ROLLBACK, true, pin!(lease.rollback())).await;
            Err(error)
        }
    }
}

fn is_conflict(error: &mlua::Error) -> bool {
    matches!(thrown(error), Some(Thrown::Failure(Failure::Sql { code, .. })) if CONFLICTS.contains(&code.as_str()))
}

/// A random part of a limit that doubles with each attempt, so that rivals do not meet again. Not
/// drawn from the user's stream: what a user does must not depend on how often it met a rival.
fn pause(attempt: u64) -> Duration {
    let limit = FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST_PAUSE);
    limit.mul_f64(rand::rng().random())
}
