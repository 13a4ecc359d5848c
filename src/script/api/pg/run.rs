//! `query`, `one`, `value`, `execute`, `explain`, `script`, `notify`.

use std::pin::pin;
use std::sync::{Arc, LazyLock};

use mlua::{Lua, MultiValue, Value};

use super::call::Call;
use super::client::Client;
use super::results::{first_row, first_value, rows_to_lua};
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, Param, Rows, Statement, Value as PgValue};
use crate::script::args::Args;
use crate::script::blame;
use crate::script::error::Thrown;

/// The label of scripts of several statements.
static SCRIPT: LazyLock<Arc<str>> = LazyLock::new(|| "script".into());

/// What asks for a statement's plan.
const EXPLAIN: &str = "EXPLAIN ";

/// What `notify` sends.
static NOTIFY: LazyLock<Statement> = LazyLock::new(|| Statement::labelled("notify", "SELECT pg_notify($1, $2)"));

/// Has `work` run a call's statement, timed.
async fn run(
    client: &Client,
    Call { query, params }: &Call,
    work: impl AsyncFnOnce(&Connection) -> Result<Rows, Failure>,
) -> Result<Rows, Thrown> {
    let connection = client.connection().await?;
    let begun = client.watched(query);
    let asked = client.ask(&connection, query.statement.label(), query.labelled);
    let rows = client.answered(asked, work(&connection).await);
    client.keep(begun, query, params);
    rows
}

async fn rows(client: &Client, call: &Call) -> Result<Rows, Thrown> {
    run(client, call, async |connection| connection.query(&call.query.statement, &call.params).await).await
}

/// All rows, as a list.
pub(super) async fn query(lua: &Lua, client: &Client, call: Call) -> mlua::Result<Value> {
    let rows = rows(client, &call).await?;
    rows_to_lua(lua, &call.query, &rows).map(Value::Table)
}

/// The first row, or nil.
pub(super) async fn one(lua: &Lua, client: &Client, call: Call) -> mlua::Result<Value> {
    let rows = rows(client, &call).await?;
    first_row(lua, &call.query, &rows)
}

/// The first value of the first row, or nil.
pub(super) async fn value(lua: &Lua, client: &Client, call: Call) -> mlua::Result<Value> {
    let rows = rows(client, &call).await?;
    first_value(lua, &call.query, &rows)
}

/// How many rows were returned or changed.
pub(super) async fn execute(_: &Lua, client: &Client, call: Call) -> mlua::Result<Value> {
    let execute = async |connection: &Connection| connection.execute(&call.query.statement, &call.params).await;
    Ok(Value::Integer(run(client, &call, execute).await?.affected() as i64))
}

/// The server's plan for a statement, which is not run.
pub(super) async fn explain(lua: &Lua, client: &Client, call: Call) -> mlua::Result<Value> {
    let Call { query, params } = call;
    let explained = Statement::plain(format!("{EXPLAIN}{}", query.statement.sql()));
    let connection = client.connection().await?;
    let work = async { connection.query(&explained, &params).await.map_err(|failure| failure.behind(EXPLAIN)) };
    let rows = client.timed(&connection, explained.label(), false, pin!(work)).await?;
    let mut plan = String::new();
    let mut scratch = String::new();
    for index in 0..rows.len() {
        if let PgValue::Text(line) = rows.value(index, 0, &mut scratch).map_err(Thrown::from)? {
            plan.push_str(&String::from_utf8_lossy(line));
            plan.push('\n');
        }
    }
    lua.create_string(plan.trim_end()).map(Value::String)
}

/// Runs an SQL text of any number of statements.
pub(super) async fn script(_: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let sql: String = Args::new("script", arguments).req("sql")?;
    let connection = client.connection().await?;
    let work = async { connection.script(&sql).await.map_err(|failure| blame::script(&sql, failure)) };
    client.timed(&connection, &SCRIPT, false, pin!(work)).await?;
    Ok(Value::Nil)
}

/// Tells a channel's listeners something.
pub(super) async fn notify(_: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let mut arguments = Args::new("notify", arguments);
    let channel: String = arguments.req("channel")?;
    let payload: Option<String> = arguments.opt("payload")?;
    let params = [Param::from(channel.as_str()), Param::from(payload.as_deref().unwrap_or_default())];
    let connection = client.connection().await?;
    client.timed(&connection, NOTIFY.label(), true, pin!(connection.execute(&NOTIFY, &params))).await?;
    Ok(Value::Nil)
}
