//! `redis:pipeline(…)`: many commands, one round trip.

use mlua::{Lua, Table, Value};

use super::client::{Client, label};
use super::queue::{Queue, options};
use crate::drivers::redis::Connection;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::waiting::call;

/// Sends the commands of a function or a list at once and returns their replies as a list.
pub(super) async fn run(lua: &Lua, client: &Client, work: Value, given: Value) -> mlua::Result<Table> {
    let (keep_errors, ()) = options(given, "options of pipeline", |_| Ok(()), lua)?;
    let queue = Queue::default();
    match work {
        Value::Function(work) => call::<()>(&work, queue.clone()).await?,
        Value::Table(list) => queue.add_list(&list)?,
        other => {
            let message = format!("`pipeline`: expected a function or a list of commands, got {}", describe(&other));
            return Err(Thrown::misuse(message).into());
        }
    }
    let queued = queue.take();
    let send = async |connection: &mut Connection, limit| connection.pipeline(&queued.commands, limit).await;
    let what = || format!("PIPELINE of {}", queued.names.join(", "));
    let replies = client.on_connection(lua, &label("pipeline"), what, send).await?;
    queued.replies(lua, &replies, keep_errors)
}
