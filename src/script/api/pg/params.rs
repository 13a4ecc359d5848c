//! Lua values as parameters.

use std::collections::BTreeMap;

use mlua::{Lua, Table, UserData, Value};

use crate::drivers::postgres::Param;
use crate::script::api::json;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::read_only::behind;

/// Tables nested deeper than this are taken for endless.
const MAX_DEPTH: usize = 64;

/// A value that says how it is meant.
pub(super) enum Wrapped {
    /// Bytes, where the server does not tell that it expects some.
    Bytes(Vec<u8>),
    /// JSON already written.
    Json(String),
}

impl UserData for Wrapped {}

/// The parameters of a call; `label` names the statement in errors.
pub(super) fn params<'a>(
    lua: &Lua,
    label: &str,
    values: impl ExactSizeIterator<Item = &'a Value>,
) -> Result<Vec<Param>, Thrown> {
    let mut params = Vec::with_capacity(values.len());
    for (index, value) in values.enumerate() {
        params.push(numbered(lua, label, index + 1, value)?);
    }
    Ok(params)
}

/// Parameter `number` of a statement, from 1.
pub(super) fn numbered(lua: &Lua, label: &str, number: usize, value: &Value) -> Result<Param, Thrown> {
    param(lua, value, 0).map_err(|reason| Thrown::misuse(format!("parameter {number} of statement `{label}` {reason}")))
}

/// The items of a list as parameters, such as one set of a batch.
pub(super) fn params_of_list(lua: &Lua, label: &str, list: &Table) -> Result<Vec<Param>, Thrown> {
    let list = behind(list);
    let values: mlua::Result<Vec<Value>> = (1..=list.raw_len()).map(|position| list.raw_get(position)).collect();
    let values = values.map_err(|error| Thrown::misuse(error.to_string()))?;
    params(lua, label, values.iter())
}

fn param(lua: &Lua, value: &Value, depth: usize) -> Result<Param, String> {
    Ok(match value {
        Value::Nil => Param::Null,
        null if *null == Value::NULL => Param::Null,
        Value::Boolean(flag) => Param::Bool(*flag),
        Value::Integer(number) => Param::Int(*number),
        Value::Number(number) => Param::Float(*number),
        Value::String(text) => Param::Text(text.as_bytes().to_vec()),
        Value::Table(table) => table_param(lua, &behind(table), depth)?,
        Value::UserData(object) => match object.borrow::<Wrapped>().as_deref() {
            Ok(Wrapped::Bytes(bytes)) => Param::Bytes(bytes.clone()),
            Ok(Wrapped::Json(text)) => Param::Text(text.clone().into_bytes()),
            Err(_) => return Err("can't be an object of throng's".to_owned()),
        },
        other => return Err(format!("can't be {}", describe(other))),
    })
}

/// A sequence is a list, a table with names a map in the order of the names.
fn table_param(lua: &Lua, table: &Table, depth: usize) -> Result<Param, String> {
    if depth > MAX_DEPTH {
        return Err("is nested too deeply, or contains itself".to_owned());
    }
    let length = table.raw_len();
    let mut items = Vec::with_capacity(length);
    for position in 1..=length {
        let item: Value = table.raw_get(position).map_err(|error| error.to_string())?;
        items.push(param(lua, &item, depth + 1)?);
    }
    let mut entries = BTreeMap::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| error.to_string())?;
        match &key {
            Value::Integer(position) if (1..=length as i64).contains(position) => {}
            Value::String(name) => {
                entries.insert(name.to_string_lossy(), param(lua, &value, depth + 1)?);
            }
            other => return Err(format!("has {} as a key; keys are strings or 1 to n", describe(other))),
        }
    }
    match (items.is_empty(), entries.is_empty()) {
        (false, false) => Err("mixes a list with named fields".to_owned()),
        (false, true) => Ok(Param::List(items)),
        (true, true) if json::is_array(lua, table) => Ok(Param::List(items)),
        (true, _) => Ok(Param::Map(entries.into_iter().collect())),
    }
}
