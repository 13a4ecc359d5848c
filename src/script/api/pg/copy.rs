//! `copy_in` and `copy_out`. Their time is what the server has for them: what the script does with the rows is its own.

use std::cell::RefCell;
use std::ops::Range;
use std::pin::pin;
use std::rc::Rc;

use mlua::{AnyUserData, Function, Lua, LuaString, MultiValue, Table, Value};

use super::client::Client;
use super::params::numbered;
use super::statement::{Query, resolve};
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, CopyIn, CopyText};
use crate::script::api::file;
use crate::script::api::generate::{Made, Rows};
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::fields::{Named, describe};
use crate::script::pauses::Pauses;
use crate::script::place::located;
use crate::script::read_only::behind;
use crate::script::state::PRELUDE_NAME;
use crate::script::waiting::call;

/// `copy_in(into, source)`: how many rows were copied. `into` is a table with its columns, or a COPY
/// statement; `source` a text, a list of rows or texts, a function that returns one after the other, or `gen.rows`.
pub(super) async fn copy_in(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let mut arguments = Args::new("copy_in", arguments);
    let query = copy_statement(lua, "copy_in", arguments.value(), "FROM STDIN")?;
    let source = Source::new(arguments.value())?;
    let connection = client.connection().await?;
    let pauses = Pauses::of(connection.departure());
    let copying = async {
        match send_all(lua, &connection, &query, source, &pauses).await {
            Ok(copied) => Ok(Ok(copied)),
            Err(Interrupted::Failed(failure)) => Err(failure),
            Err(Interrupted::Script(error)) => Ok(Err(error)),
        }
    };
    let asked = client.ask_by(&pauses, query.statement.label(), query.labelled);
    let (rows, _) = client.answered(asked, pin!(copying).await)??;
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
    pauses: &Pauses<'_>,
) -> Result<(u64, u64), Interrupted> {
    let mut copy = connection.copy_in(&query.statement).await?;
    match feed(lua, &mut copy, query, &mut source, pauses).await {
        Ok(()) => Ok(copy.finish().await?),
        Err(Interrupted::Script(error)) => {
            // The script's error is of more interest than how the end of the copy went.
            let _ = copy.abort().await;
            Err(Interrupted::Script(error))
        }
        Err(failed) => Err(failed),
    }
}

async fn feed(
    lua: &Lua,
    copy: &mut CopyIn<'_>,
    query: &Query,
    source: &mut Source,
    pauses: &Pauses<'_>,
) -> Result<(), Interrupted> {
    let rows = Rc::new(RefCell::new(CopyText::new(query.statement.label())));
    let mut pause = pauses.begin();
    loop {
        let ended = source.fill(lua, &rows).await.map_err(Interrupted::Script)?;
        let chunk = rows.borrow_mut().take();
        drop(pause);
        if !chunk.is_empty() {
            copy.send(chunk).await?;
        }
        if ended {
            return Ok(());
        }
        pause = pauses.begin();
        // Where the server takes all at once, the others of this worker would wait for the end.
        tokio::task::yield_now().await;
    }
}

/// Where the rows come from.
enum Source {
    Once(LuaString),
    List { list: Table, position: usize },
    Function(Function),
    Generated { object: AnyUserData, indices: Range<i64> },
}

/// Calls a source until the chunk is full or the source gives nothing; true then.
const FILL: &str =
    "local source, push = ... local full, ended repeat full, ended = push((source())) until full return ended";

impl Source {
    fn new(value: Value) -> Result<Self, Thrown> {
        Ok(match value {
            Value::String(text) => Self::Once(text),
            Value::Table(list) => Self::List { list, position: 0 },
            Value::Function(function) => Self::Function(function),
            Value::UserData(object) if object.is::<Rows>() => {
                let indices = object.borrow::<Rows>().map_err(|error| Thrown::misuse(error.to_string()))?.indices();
                Self::Generated { object, indices }
            }
            other => {
                return Err(Thrown::misuse(format!(
                    "`copy_in`: expected a function, `gen.rows`, a list of rows or a text as its source, got {}",
                    describe(&other)
                )));
            }
        })
    }

    /// Writes rows until a chunk is full; whether these were the last.
    async fn fill(&mut self, lua: &Lua, rows: &Rc<RefCell<CopyText>>) -> mlua::Result<bool> {
        match self {
            Self::Once(text) => {
                rows.borrow_mut().raw(&text.as_bytes());
                Ok(true)
            }
            Self::List { list, position } => {
                let rows = &mut rows.borrow_mut();
                while !rows.is_full() {
                    *position += 1;
                    if !push_row(lua, list.raw_get(*position)?, rows)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Function(function) => {
                let rows = rows.clone();
                let push = lua.create_function(move |lua, row: Value| {
                    let rows = &mut rows.borrow_mut();
                    let ended = !push_row(lua, row, rows)?;
                    Ok((ended || rows.is_full(), ended))
                })?;
                let fill = lua.load(FILL).set_name(format!("={PRELUDE_NAME}")).into_function()?;
                call(&fill, (&*function, push)).await.map_err(|error| located(error, function))
            }
            Self::Generated { object, indices } => {
                let object = object.borrow::<Rows>()?;
                let rows = &mut rows.borrow_mut();
                for index in indices {
                    for column in object.columns() {
                        column.with(index, |made| push_made(lua, made, rows))?;
                    }
                    rows.end_row();
                    if rows.is_full() {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }
}

/// Writes a row of a script's; false if it is none, which ends the rows.
fn push_row(lua: &Lua, row: Value, rows: &mut CopyText) -> mlua::Result<bool> {
    match row {
        Value::Nil => return Ok(false),
        Value::String(text) => rows.raw(&text.as_bytes()),
        Value::Table(row) => {
            let row = behind(&row);
            for position in 1..=row.raw_len() {
                push_value(lua, &row.raw_get(position)?, rows)?;
            }
            rows.end_row();
        }
        other => {
            let message = format!("`copy_in`: a row is {}, neither a list nor a text", describe(&other));
            return Err(Thrown::misuse(message).into());
        }
    }
    Ok(true)
}

fn push_value(lua: &Lua, value: &Value, rows: &mut CopyText) -> mlua::Result<()> {
    match value {
        Value::Integer(number) => rows.int(*number),
        Value::Number(number) => rows.float(*number),
        Value::String(text) => rows.text(&text.as_bytes()).map_err(Thrown::from)?,
        Value::Boolean(flag) => rows.bool(*flag),
        other => {
            let value = numbered(lua, rows.label(), rows.values() + 1, other)?;
            rows.value(&value).map_err(Thrown::from)?;
        }
    }
    Ok(())
}

fn push_made(lua: &Lua, made: &Made, rows: &mut CopyText) -> mlua::Result<()> {
    match made {
        Made::Int(number) => rows.int(*number),
        Made::Text(text) => rows.text(text.as_bytes()).map_err(Thrown::from)?,
        Made::Float(number) => rows.float(*number),
        Made::Bool(flag) => rows.bool(*flag),
        Made::Bytes(bytes) => rows.bytes(bytes),
        Made::Lua(value) => push_value(lua, value, rows)?,
    }
    Ok(())
}

/// `copy_out(from, consumer)`: with a function it is called with each row's text, with a file of `file.create` the
/// rows go there, and the number of rows is returned; without either the whole text is. `from` is a table with its
/// columns, a query in parentheses, or a COPY statement.
pub(super) async fn copy_out(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let mut arguments = Args::new("copy_out", arguments);
    let query = copy_statement(lua, "copy_out", arguments.value(), "TO STDOUT")?;
    let mut consumer = Consumer::new(&arguments.value())?;
    let connection = client.connection().await?;
    let mut raised = None;
    let pauses = Pauses::of(connection.departure());
    let copying = async {
        let mut copy = connection.copy_out(&query.statement).await?;
        let (mut rows, mut bytes) = (0, 0);
        while let Some(first) = copy.next().await? {
            // One for all that has come, since reading the clock twice for each row would cost more than taking it.
            let _pause = pauses.begin();
            let mut at_hand = Some(first);
            while let Some(chunk) = at_hand {
                rows += 1;
                bytes += chunk.len() as u64;
                // After an error the rest is read and dropped, so that the connection can be used again.
                if raised.is_none() {
                    raised = consumer.take(lua, &chunk).await.err();
                }
                at_hand = copy.at_hand();
            }
        }
        Ok((rows, bytes))
    };
    let asked = client.ask_by(&pauses, query.statement.label(), query.labelled);
    let (rows, _) = client.answered(asked, pin!(copying).await)?;
    match (raised, consumer) {
        (Some(error), _) => Err(error),
        (None, Consumer::Text(text)) => lua.create_string(&text).map(Value::String),
        (None, _) => Ok(Value::Integer(rows as i64)),
    }
}

/// What becomes of the rows.
enum Consumer {
    Text(Vec<u8>),
    Function(Function),
    File(Rc<file::Handle>),
}

impl Consumer {
    fn new(value: &Value) -> Result<Self, Thrown> {
        match value {
            Value::Nil => Ok(Self::Text(Vec::new())),
            Value::Function(function) => Ok(Self::Function(function.clone())),
            Value::UserData(object) if object.is::<file::Writer>() => {
                let writer = object.borrow::<file::Writer>().map_err(|error| Thrown::misuse(error.to_string()))?;
                Ok(Self::File(writer.handle()))
            }
            other => Err(Thrown::misuse(format!(
                "`copy_out`: argument `consumer`: expected a function or a file of `file.create`, got {}",
                describe(other)
            ))),
        }
    }

    async fn take(&mut self, lua: &Lua, row: &[u8]) -> mlua::Result<()> {
        match self {
            Self::Text(text) => text.extend_from_slice(row),
            Self::Function(function) => call(function, lua.create_string(row)?).await?,
            Self::File(file) => file.write(row).await?,
        }
        Ok(())
    }
}

/// A COPY statement: the script's own, or one made around what it names.
fn copy_statement(lua: &Lua, function: &str, value: Value, direction: &str) -> mlua::Result<Rc<Query>> {
    let Ok(text) = String::named(value.clone()) else { return Ok(resolve(lua, function, &value)?) };
    let is_whole = text.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("copy"));
    let sql = if is_whole { text } else { format!("COPY {text} {direction}") };
    Ok(resolve(lua, function, &Value::String(lua.create_string(sql)?))?)
}
