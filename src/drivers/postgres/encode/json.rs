//! Writes parameters as JSON.

use serde_json::{Map, Number, Value};
use tokio_postgres::types::Type;

use super::super::param::Param;
use super::Mismatch;

/// The JSON text of `param`; strings in it are JSON strings.
pub(super) fn to_json(param: &Param, type_: &Type) -> Result<String, Mismatch> {
    Ok(value_of(param, type_)?.to_string())
}

fn value_of(param: &Param, type_: &Type) -> Result<Value, Mismatch> {
    Ok(match param {
        Param::Null => Value::Null,
        Param::Bool(value) => Value::Bool(*value),
        Param::Int(value) => Value::Number((*value).into()),
        Param::Float(value) => match Number::from_f64(*value) {
            Some(number) => Value::Number(number),
            None => return Err(Mismatch::new(type_, format!("{value}: JSON has no such number"))),
        },
        Param::Text(bytes) | Param::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::String(text.to_owned()),
            Err(_) => return Err(Mismatch::new(type_, "a string that is not UTF-8")),
        },
        Param::List(items) => Value::Array(items.iter().map(|item| value_of(item, type_)).collect::<Result<_, _>>()?),
        Param::Map(entries) => {
            let mut map = Map::with_capacity(entries.len());
            for (key, value) in entries {
                map.insert(key.clone(), value_of(value, type_)?);
            }
            Value::Object(map)
        }
    })
}
