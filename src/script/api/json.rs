//! `throng.json`: JSON text to and from Lua values.

use std::collections::BTreeMap;

use mlua::{Lua, LuaString, Table, Value};
use serde_json::{Map, Number};

use crate::script::args;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::read_only::behind;
use crate::script::values::shortened;

/// Tables nested deeper than this are taken for endless; serde_json reads no deeper either.
const MAX_DEPTH: usize = 127;

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    module.raw_set("null", Value::NULL)?;
    args::add(lua, &module, "json.encode", |lua, mut args| {
        let value = encode(lua, &args.value())?;
        let mut options = args.options()?;
        let pretty = options.opt::<bool>("pretty")?.unwrap_or(false);
        options.finish()?;
        let text = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) };
        let text = text.map_err(|error| Thrown::misuse(format!("`json.encode`: {error}")))?;
        lua.create_string(text).map(Value::String)
    })?;
    args::add(lua, &module, "json.decode", |lua, mut args| {
        let text: LuaString = args.req("text")?;
        let value: serde_json::Value = serde_json::from_slice(&text.as_bytes())
            .map_err(|error| Thrown::misuse(format!("`json.decode`: {error}")))?;
        decode(lua, &value)
    })?;
    args::add(lua, &module, "json.array", |lua, mut args| {
        let table: Table = args.opt("items")?.map_or_else(|| lua.create_table(), Ok)?;
        mark_array(lua, &table)?;
        Ok(Value::Table(table))
    })?;
    Ok(module)
}

/// A JSON value as Lua values: null becomes `throng.null`, arrays are marked so that empty ones stay arrays.
pub fn decode(lua: &Lua, value: &serde_json::Value) -> mlua::Result<Value> {
    Ok(match value {
        serde_json::Value::Null => Value::NULL,
        serde_json::Value::Bool(flag) => Value::Boolean(*flag),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Value::String(lua.create_string(text)?),
        serde_json::Value::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for item in items {
                table.raw_push(decode(lua, item)?)?;
            }
            mark_array(lua, &table)?;
            Value::Table(table)
        }
        serde_json::Value::Object(fields) => {
            let table = lua.create_table_with_capacity(0, fields.len())?;
            for (key, field) in fields {
                table.raw_set(key.as_str(), decode(lua, field)?)?;
            }
            Value::Table(table)
        }
    })
}

/// A Lua value as JSON, objects in the order of their keys.
///
/// # Errors
/// For what JSON does not have: functions, NaN, strings that are not UTF-8, mixed tables.
pub fn encode(lua: &Lua, value: &Value) -> Result<serde_json::Value, Thrown> {
    Encoder { mark: array_mark(lua).ok() }.value(value, "value", 0)
}

struct Encoder {
    mark: Option<Table>,
}

impl Encoder {
    fn value(&self, value: &Value, path: &str, depth: usize) -> Result<serde_json::Value, Thrown> {
        if depth > MAX_DEPTH {
            return Err(refuse(&shortened(path), "is nested too deeply, or contains itself"));
        }
        Ok(match value {
            Value::Nil => serde_json::Value::Null,
            null if *null == Value::NULL => serde_json::Value::Null,
            Value::Boolean(flag) => (*flag).into(),
            Value::Integer(number) => (*number).into(),
            Value::Number(number) => Number::from_f64(*number)
                .ok_or_else(|| refuse(path, &format!("is {number}, which JSON does not have")))?
                .into(),
            Value::String(_) => text(value, path)?.into(),
            Value::Table(table) => self.table(&behind(table), path, depth)?,
            other => return Err(refuse(path, &format!("is {}, which JSON does not have", describe(other)))),
        })
    }

    fn table(&self, table: &Table, path: &str, depth: usize) -> Result<serde_json::Value, Thrown> {
        let broken = |error: mlua::Error| refuse(path, &error.to_string());
        let length = table.raw_len();
        let mut fields = BTreeMap::new();
        let mut positions = 0;
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(broken)?;
            match &key {
                Value::Integer(position) if (1..=length as i64).contains(position) => positions += 1,
                Value::String(_) => {
                    let key = text(&key, path)?;
                    let value = self.value(&value, &format!("{path}.{key}"), depth + 1)?;
                    fields.insert(key, value);
                }
                other => {
                    return Err(refuse(path, &format!("has {} as a key; keys are strings or 1 to n", describe(other))));
                }
            }
        }
        let marked = self.mark.is_some() && table.metatable() == self.mark;
        if fields.is_empty() && (positions > 0 || marked) {
            let item = |position| {
                let value: Value = table.raw_get(position).map_err(broken)?;
                self.value(&value, &format!("{path}[{position}]"), depth + 1)
            };
            return (1..=length).map(item).collect::<Result<Vec<_>, _>>().map(Into::into);
        }
        if positions > 0 || marked {
            return Err(refuse(path, "mixes an array with named fields"));
        }
        Ok(Map::from_iter(fields).into())
    }
}

fn text(value: &Value, path: &str) -> Result<String, Thrown> {
    let text = value.as_string().and_then(|text| text.to_str().ok().map(|text| text.to_owned()));
    text.ok_or_else(|| refuse(path, "holds bytes that are not UTF-8; write them as text with `throng.hash`"))
}

fn refuse(path: &str, reason: &str) -> Thrown {
    Thrown::misuse(format!("`json.encode`: {path} {reason}"))
}

/// The metatable by which a table is known as an array, one a state.
struct ArrayMark(Table);

fn array_mark(lua: &Lua) -> mlua::Result<Table> {
    if let Some(mark) = lua.app_data_ref::<ArrayMark>() {
        return Ok(mark.0.clone());
    }
    let mark = lua.create_table()?;
    mark.raw_set("__name", "json.array")?;
    mark.raw_set("__metatable", false)?;
    lua.set_app_data(ArrayMark(mark.clone()));
    Ok(mark)
}

/// Whether a table is marked as an array.
pub fn is_array(lua: &Lua, table: &Table) -> bool {
    table.metatable().is_some_and(|meta| array_mark(lua).is_ok_and(|mark| mark == meta))
}

/// Marks a table as an array, so that it is one even when empty.
pub fn mark_array(lua: &Lua, table: &Table) -> mlua::Result<()> {
    table.set_metatable(Some(array_mark(lua)?))
}
