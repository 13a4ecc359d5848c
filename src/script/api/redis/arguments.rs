//! From the arguments of a Lua call to those of a Redis command.
//!
//! Strings go as they are, numbers in decimal. A table is flattened in its
//! place: a list to its items, a map to each key followed by its value, in the
//! order of the keys, so that `hset(key, { a = 1, b = 2 })` and `del({ k1, k2 })`
//! say what they mean and a seed always sends the same.

use mlua::{Table, Value};

use crate::drivers::redis::{Command, Verb};
use crate::script::error::Thrown;
use crate::script::fields::describe;

/// The command of a name with the values of a call.
pub(super) fn command<'a>(verb: &Verb, values: impl IntoIterator<Item = &'a Value>) -> Result<Command, Thrown> {
    let mut command = Command::of(verb);
    for (position, value) in values.into_iter().enumerate() {
        let wrong = |what: String| wrong_argument(verb, position + 1, &what);
        match value {
            Value::String(text) => command.arg(&text.as_bytes()),
            Value::Integer(number) => command.arg(itoa::Buffer::new().format(*number).as_bytes()),
            Value::Table(table) => command.args(flatten(table).map_err(wrong)?),
            scalar => command.arg(&bytes(scalar).ok_or_else(|| wrong(describe(scalar)))?),
        };
    }
    Ok(command)
}

/// The byte strings of an argument that is one value or a list of them; nil is none.
pub(super) fn strings(value: &Value, what: &str) -> Result<Vec<Vec<u8>>, Thrown> {
    let wrong = |came: &str| Thrown::misuse(format!("{what}: expected a string or a list of strings, got {came}"));
    match value {
        Value::Nil => Ok(Vec::new()),
        Value::Table(table) if table.raw_len() > 0 || table.is_empty() => {
            list(table).map_err(|item| wrong(&format!("a list with {item}")))
        }
        scalar => Ok(vec![bytes(scalar).ok_or_else(|| wrong(&describe(scalar)))?]),
    }
}

fn wrong_argument(verb: &Verb, position: usize, came: &str) -> Thrown {
    let name = String::from_utf8_lossy(verb.name());
    let message = format!("argument {position} of `{name}` is {came}: Redis takes strings and numbers");
    match came {
        "`true`" | "`false`" => Thrown::misuse_with(message, "say what it is to be stored as: `1`, `\"true\"` …"),
        _ => Thrown::misuse(message),
    }
}

/// What a scalar is to Redis; `None` if nothing.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.as_bytes().to_vec()),
        Value::Integer(number) => Some(number.to_string().into_bytes()),
        // The shortest form that reads back as the same number, without the `.0` that Redis refuses in integers.
        Value::Number(number) if !number.is_nan() => Some(number.to_string().into_bytes()),
        _ => None,
    }
}

fn flatten(table: &Table) -> Result<Vec<Vec<u8>>, String> {
    if table.raw_len() > 0 {
        return list(table).map_err(|item| format!("a list with {item}"));
    }
    let mut pairs = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| error.to_string())?;
        let key = bytes(&key).ok_or_else(|| format!("a table with {} as a key", describe(&key)))?;
        let value = bytes(&value)
            .ok_or_else(|| format!("a table with {} in `{}`", describe(&value), String::from_utf8_lossy(&key)))?;
        pairs.push((key, value));
    }
    pairs.sort();
    Ok(pairs.into_iter().flat_map(|(key, value)| [key, value]).collect())
}

/// The items of a list; the error describes what does not belong there.
fn list(table: &Table) -> Result<Vec<Vec<u8>>, String> {
    let length = table.raw_len();
    if table.pairs::<Value, Value>().count() != length {
        return Err("named fields".to_owned());
    }
    (1..=length)
        .map(|position| {
            let item: Value = table.raw_get(position).map_err(|error| error.to_string())?;
            bytes(&item).ok_or_else(|| format!("{} at {position}", describe(&item)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use mlua::{Lua, MultiValue};

    use super::*;

    fn sent(code: &str) -> Result<String, String> {
        let lua = Lua::new();
        let values: MultiValue = lua.load(code).eval().unwrap();
        command(&Verb::new(b"cmd"), &values).map(|command| command.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn scalars_go_as_they_are_and_tables_are_flattened_in_order() {
        for (code, expected) in [
            ("return 'a', 1, -2, 1.5, 3.0, 2^53", "CMD a 1 -2 1.5 3 9007199254740992"),
            ("return math.maxinteger, math.mininteger", "CMD 9223372036854775807 -9223372036854775808"),
            ("return math.huge, -math.huge", "CMD inf -inf"),
            ("return 'k', { 'x', 'y', 3 }, 'z'", "CMD k x y 3 z"),
            ("return 'k', { b = 2, a = 1, [10] = 'ten' }", "CMD k 10 ten a 1 b 2"),
            ("return {}", "CMD"),
        ] {
            assert_eq!(sent(code).as_deref(), Ok(expected), "{code}");
        }
    }

    #[test]
    fn what_redis_cannot_store_is_refused_with_its_place() {
        for (code, expected) in [
            ("return 'k', nil, 1", "argument 2 of `cmd` is nothing"),
            ("return true", "argument 1 of `cmd` is `true`"),
            ("return { 1, {} }", "argument 1 of `cmd` is a list with a table at 2"),
            ("return { 1, x = 2 }", "argument 1 of `cmd` is a list with named fields"),
            ("return { x = print }", "argument 1 of `cmd` is a table with a function in `x`"),
            ("return 0/0", "argument 1 of `cmd` is the number `"),
        ] {
            let error = sent(code).unwrap_err();
            assert!(error.starts_with(expected), "{code}: {error}");
        }
    }
}
