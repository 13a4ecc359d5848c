//! `batch` and `pipeline`: many executions without waiting for each.

use std::pin::pin;
use std::sync::{Arc, LazyLock};

use mlua::{Either, Lua, MultiValue, Table, Value};

use super::call::Call;
use super::client::{Client, Measured};
use super::params::params_of_list;
use super::results::rows_to_lua;
use super::statement::resolve;
use crate::drivers::Failure;
use crate::drivers::postgres::{Param, Rows, Statement};
use crate::script::args::Args;
use crate::script::blame;
use crate::script::error::Thrown;
use crate::script::fields::describe;

/// The label of a pipeline as a whole.
static PIPELINE: LazyLock<Arc<str>> = LazyLock::new(|| "pipeline".into());

/// `batch(statement, { { a, b }, { c, d } })`: how many rows all sets together returned or changed.
pub(super) async fn batch(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let mut arguments = Args::new("batch", arguments);
    let query = resolve(lua, "batch", &arguments.value())?;
    let label = query.statement.label();
    let mut sets = Vec::new();
    for set in lists("batch", "set of parameters", &arguments.req::<Table>("sets")?)? {
        sets.push(params_of_list(lua, label, &set)?);
    }
    let connection = client.connection().await?;
    let work = connection.batch(&query.statement, &sets);
    let (rows, _) = client.timed(&connection, label, query.labelled, pin!(work)).await?;
    Ok(Value::Integer(rows as i64))
}

/// What a pipeline returned, entry by entry.
struct Answers(Vec<Result<Rows, Failure>>);

impl Measured for Answers {
    fn rows(&self) -> u64 {
        self.0.iter().flatten().map(Rows::affected).sum()
    }

    fn bytes(&self) -> u64 {
        self.0.iter().flatten().map(Rows::bytes).sum()
    }
}

/// `pipeline({ { statement, a, b }, … })`: for each entry its rows or, if it returns none, its count.
/// If entries fail, the first failure is raised once all are done.
pub(super) async fn pipeline(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let list: Table = Args::new("pipeline", arguments).req("entries")?;
    let mut entries = Vec::new();
    for entry in lists("pipeline", "entry", &list)? {
        let values: mlua::Result<MultiValue> = (2..=entry.raw_len()).map(|place| entry.raw_get(place)).collect();
        entries.push(Call::new(lua, "pipeline", (Either::Right(entry.raw_get(1)?), values?))?);
    }
    let connection = client.connection().await?;
    let calls: Vec<(&Statement, &[Param])> =
        entries.iter().map(|entry| (&entry.query.statement, &entry.params[..])).collect();
    let work = async { connection.pipeline(&calls).await.map(Answers) };
    let answers = client.timed(&connection, &PIPELINE, true, pin!(work)).await?;
    let results = lua.create_table_with_capacity(entries.len(), 0)?;
    for (entry, answer) in entries.iter().zip(answers.0) {
        let rows = answer.map_err(|failure| Thrown::from(blame::statement(entry.query.statement.label(), failure)))?;
        if rows.columns().is_empty() {
            results.raw_push(rows.affected())?;
        } else {
            results.raw_push(rows_to_lua(lua, &entry.query, &rows)?)?;
        }
    }
    Ok(Value::Table(results))
}

/// The items of a list, each of which must be a list itself.
fn lists(function: &str, what: &str, list: &Table) -> Result<Vec<Table>, Thrown> {
    let item = |(index, item): (usize, mlua::Result<Value>)| match item {
        Ok(Value::Table(table)) => Ok(table),
        Ok(other) => {
            Err(Thrown::misuse(format!("`{function}`: {what} {} is {}, not a list", index + 1, describe(&other))))
        }
        Err(error) => Err(Thrown::misuse(error.to_string())),
    };
    list.sequence_values::<Value>().enumerate().map(item).collect()
}
