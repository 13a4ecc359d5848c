//! `redis:transaction(…)`: commands that run together or not at all.

use mlua::{Function, Lua, Table, Value};

use super::arguments;
use super::client::{Client, label};
use super::queue::{Queue, Queued, options};
use crate::drivers::Failure;
use crate::drivers::redis::{Connection, Executed, Lease};
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::script::user::Tally;
use crate::script::waiting::call;

/// What the script asks of a transaction.
struct Options {
    watch: Vec<Vec<u8>>,
    retry: u64,
    keep_errors: bool,
}

/// Calls `work(queue, now)` and runs what it queued with `MULTI` and `EXEC`. Commands on `now` run at once, on the
/// same connection. With watched keys that changed meanwhile it starts over, `retry` times, and then raises.
pub(super) async fn run(lua: &Lua, client: &Client, work: Value, given: Value) -> mlua::Result<Table> {
    let Value::Function(work) = work else {
        return Err(Thrown::misuse(format!("`transaction`: expected a function, got {}", describe(&work))).into());
    };
    let options = read(lua, given)?;
    let host = Host::of(lua)?;
    let (now, holding) = client.hold(client.acquire(&host).await?);
    let transaction = Transaction { lua, client: now, work, options };
    let result = transaction.attempts(&host).await;
    // The script may have kept `now`; from here on it finds nothing there.
    let lease = holding.end();
    finish(lease, result, host.plan.limits.statement).await
}

struct Transaction<'a> {
    lua: &'a Lua,
    client: Client,
    work: Function,
    options: Options,
}

impl Transaction<'_> {
    async fn attempts(&self, host: &Host) -> mlua::Result<Table> {
        for attempt in 0..=self.options.retry {
            if attempt > 0 {
                Tally::add(&self.client.user().tally.retries, 1);
            }
            let (queued, executed) = self.attempt().await?;
            if let Executed::Done(replies) = executed {
                return queued.replies(self.lua, &replies, self.options.keep_errors);
            }
        }
        let attempts = self.options.retry + 1;
        host.trace("EXEC", 0, 0, Some("a watched key changed in every attempt"));
        Err(Failure::Redis {
            word: "CONFLICT".to_owned(),
            message: format!("CONFLICT a watched key changed in each of {attempts} attempts"),
        }
        .into())
    }

    async fn attempt(&self) -> mlua::Result<(Queued, Executed)> {
        if !self.options.watch.is_empty() {
            let watch = async |connection: &mut Connection, limit| connection.watch(&self.options.watch, limit).await;
            self.client.on_connection(self.lua, &label("watch"), || "WATCH".to_owned(), watch).await?;
        }
        let queue = Queue::default();
        call::<()>(&self.work, (queue.clone(), self.client.clone())).await?;
        let queued = queue.take();
        let execute = async |connection: &mut Connection, limit| connection.execute(&queued.commands, limit).await;
        let what = || format!("TRANSACTION of {}", queued.names.join(", "));
        let executed = self.client.on_connection(self.lua, &label("transaction"), what, execute).await?;
        Ok((queued, executed))
    }
}

/// Gives the connection back without watched keys, so that it need not be closed because a script raised an error.
async fn finish(lease: Option<Lease>, result: mlua::Result<Table>, limit: std::time::Duration) -> mlua::Result<Table> {
    if let (Some(mut lease), Err(_)) = (lease, &result)
        && lease.is_watching()
    {
        // What failed is told already; a connection that fails here is not used again.
        let _ = lease.unwatch(limit).await;
    }
    result
}

fn read(lua: &Lua, given: Value) -> mlua::Result<Options> {
    let (keep_errors, (watch, retry)) = options(
        given,
        "options of transaction",
        |fields| {
            let watch = fields.opt::<Value>("watch")?.unwrap_or(Value::Nil);
            let watch = arguments::strings(&watch, "`options of transaction.watch`")?;
            Ok((watch, fields.opt::<u64>("retry")?.unwrap_or(0)))
        },
        lua,
    )?;
    Ok(Options { watch, retry, keep_errors })
}
