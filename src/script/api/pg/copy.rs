//! `copy_in` and `copy_out`.

use std::rc::Rc;

use bytes::Bytes;
use mlua::{Function, Lua, MultiValue, Table, Value};

use super::client::Client;
use super::params::params_of_list;
use super::statement::{Query, resolve};
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, CopyIn, push_text_row};
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::fields::{Named, describe};
use crate::script::host::Host;
use crate::script::place::call;

/// Rows are collected up to this size before they are sent: as much as the server's own client sends at a time.
const CHUNK: usize = 64 * 1024;

/// `copy_in(into, source)`: how many rows were copied. `into` is a table with its columns, or a COPY
/// statement; `source` a text, a list of rows or texts, or a function that returns one after the other.
pub(super) async fn copy_in(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let host = Host::of(lua)?;
    let mut arguments = Args::new("copy_in", arguments);
    let query = copy_statement(lua, "copy_in", arguments.value(), "FROM STDIN")?;
    let source = Source::new(arguments.value())?;
    let connection = client.connection(&host).await?;
    let copying = async {
        match send_all(lua, &connection, &query, source).await {
            Ok(copied) => Ok(Ok(copied)),
            Err(Interrupted::Failed(failure)) => Err(failure),
            Err(Interrupted::Script(error)) => Ok(Err(error)),
        }
    };
    let statement = &query.statement;
    let (rows, _) = client.timed(&host, statement.label(), query.labelled, copying).await??;
    Ok(Value::Integer(rows as i64))
}

/// What ended a copy before its end.
enum Interrupted {
    Failed(Failure),
    /// The script's source raised an error, and the server was told to forget the rows.
    Script(mlua::Error),
}

impl From<Failure> for Interrupted {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl super::client::Measured for mlua::Result<(u64, u64)> {
    fn rows(&self) -> u64 {
        self.as_ref().map_or(0, |copied| copied.0)
    }

    fn bytes(&self) -> u64 {
        self.as_ref().map_or(0, |copied| copied.1)
    }
}

async fn send_all(
    lua: &Lua,
    connection: &Connection,
    query: &Query,
    mut source: Source,
) -> Result<(u64, u64), Interrupted> {
    let mut copy = connection.copy_in(&query.statement).await?;
    match feed(lua, &mut copy, query, &mut source).await {
        Ok(()) => Ok(copy.finish().await?),
        Err(Interrupted::Script(error)) => {
            // The script's error is of more interest than how the end of the copy went.
            let _ = copy.abort().await;
            Err(Interrupted::Script(error))
        }
        Err(failed) => Err(failed),
    }
}

async fn feed(lua: &Lua, copy: &mut CopyIn<'_>, query: &Query, source: &mut Source) -> Result<(), Interrupted> {
    let label = query.statement.label();
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        match source.next().await.map_err(Interrupted::Script)? {
            Value::Nil => break,
            Value::String(text) => chunk.extend_from_slice(&text.as_bytes()),
            Value::Table(row) => {
                let add = params_of_list(lua, label, &row)
                    .and_then(|params| push_text_row(&params, label, &mut chunk).map_err(Thrown::from));
                add.map_err(|thrown| Interrupted::Script(thrown.into()))?;
            }
            other => {
                let message = format!("`copy_in`: a row is {}, neither a list nor a text", describe(&other));
                return Err(Interrupted::Script(Thrown::misuse(message).into()));
            }
        }
        if chunk.len() >= CHUNK {
            copy.send(Bytes::from(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))).await?;
        }
    }
    if !chunk.is_empty() {
        copy.send(Bytes::from(chunk)).await?;
    }
    Ok(())
}

/// Where the rows come from.
enum Source {
    Once(Option<Value>),
    List { list: Table, position: usize },
    Function(Function),
}

impl Source {
    fn new(value: Value) -> Result<Self, Thrown> {
        match value {
            Value::String(_) => Ok(Self::Once(Some(value))),
            Value::Table(list) => Ok(Self::List { list, position: 0 }),
            Value::Function(function) => Ok(Self::Function(function)),
            other => Err(Thrown::misuse(format!(
                "`copy_in`: expected a function, a list of rows or a text as its source, got {}",
                describe(&other)
            ))),
        }
    }

    async fn next(&mut self) -> mlua::Result<Value> {
        match self {
            Self::Once(value) => Ok(value.take().unwrap_or(Value::Nil)),
            Self::List { list, position } => {
                *position += 1;
                list.raw_get(*position)
            }
            Self::Function(function) => call(function, ()).await,
        }
    }
}

/// `copy_out(from, consumer)`: with a consumer it is called with each row's text and the number of rows
/// is returned, without one the whole text. `from` is a table with its columns, a query in parentheses,
/// or a COPY statement.
pub(super) async fn copy_out(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let host = Host::of(lua)?;
    let mut arguments = Args::new("copy_out", arguments);
    let query = copy_statement(lua, "copy_out", arguments.value(), "TO STDOUT")?;
    let consumer: Option<Function> = arguments.opt("consumer")?;
    let connection = client.connection(&host).await?;
    let mut text = Vec::new();
    let mut raised = None;
    let copying = async {
        let mut copy = connection.copy_out(&query.statement).await?;
        let (mut rows, mut bytes) = (0, 0);
        while let Some(chunk) = copy.next().await? {
            rows += 1;
            bytes += chunk.len() as u64;
            match (&consumer, &raised) {
                (None, _) => text.extend_from_slice(&chunk),
                (Some(consumer), None) => raised = consume(lua, consumer, &chunk).await.err(),
                // The rest is read and dropped, so that the connection can be used again.
                (Some(_), Some(_)) => {}
            }
        }
        Ok((rows, bytes))
    };
    let statement = &query.statement;
    let (rows, _) = client.timed(&host, statement.label(), query.labelled, copying).await?;
    match (consumer, raised) {
        (_, Some(error)) => Err(error),
        (Some(_), None) => Ok(Value::Integer(rows as i64)),
        (None, None) => lua.create_string(&text).map(Value::String),
    }
}

async fn consume(lua: &Lua, consumer: &Function, chunk: &[u8]) -> mlua::Result<()> {
    call(consumer, lua.create_string(chunk)?).await
}

/// A COPY statement: the script's own, or one made around what it names.
fn copy_statement(lua: &Lua, function: &str, value: Value, direction: &str) -> mlua::Result<Rc<Query>> {
    let Ok(text) = String::named(value.clone()) else { return Ok(resolve(lua, function, &value)?) };
    let is_whole = text.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("copy"));
    let sql = if is_whole { text } else { format!("COPY {text} {direction}") };
    Ok(resolve(lua, function, &Value::String(lua.create_string(sql)?))?)
}
