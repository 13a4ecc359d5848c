//! Plain data to and from Lua.

use std::collections::BTreeMap;

use mlua::{Lua, Table, Value};

use super::error::Thrown;
use super::fields::describe;
use super::read_only::{behind, front};
use crate::plan::Data;

/// Tables nested deeper than this are taken for endless.
const MAX_DEPTH: usize = 64;

/// How much of a path to a value an error shows, in characters.
const LONGEST_PATH: usize = 60;

/// Copies a Lua value out of its state. Functions, userdata and tables with other keys than strings, or than
/// 1 to n, are refused; `what` names the value in the error.
pub fn from_lua(value: &Value, what: &str) -> Result<Data, Thrown> {
    copy(value, what, 0, Mixed::Refused)
}

/// Copies a declaration out of its state. A table that mixes a list with named fields, such as the stage
/// `{ "1m", users = 50 }`, becomes a map in which the list's items are named `1` to n.
pub fn declared(value: &Value, what: &str) -> Result<Data, Thrown> {
    copy(value, what, 0, Mixed::Numbered)
}

/// The beginning of a long path to a value: what contains itself has an endless one.
pub fn shortened(path: &str) -> String {
    match path.char_indices().nth(LONGEST_PATH) {
        Some((end, _)) => format!("{}…", &path[..end]),
        None => path.to_owned(),
    }
}

/// What becomes of a table that is both a list and a map.
#[derive(Clone, Copy, PartialEq)]
enum Mixed {
    Refused,
    Numbered,
}

fn copy(value: &Value, what: &str, depth: usize, mixed: Mixed) -> Result<Data, Thrown> {
    if depth > MAX_DEPTH {
        return Err(Thrown::misuse(format!("{} is nested too deeply, or contains itself", shortened(what))));
    }
    Ok(match value {
        Value::Nil => Data::Nil,
        Value::Boolean(flag) => Data::Bool(*flag),
        Value::Integer(number) => Data::Int(*number),
        Value::Number(number) => Data::Float(*number),
        Value::String(text) => Data::Bytes(text.as_bytes().to_vec()),
        Value::LightUserData(pointer) if pointer.0.is_null() => Data::Nil,
        Value::Table(table) => copy_table(table, what, depth, mixed)?,
        other => {
            return Err(Thrown::misuse_with(
                format!("{what} contains {}, which is not plain data", describe(other)),
                "it may hold nil, booleans, numbers, strings, and tables of them",
            ));
        }
    })
}

fn copy_table(table: &Table, what: &str, depth: usize, mixed: Mixed) -> Result<Data, Thrown> {
    let table = &behind(table);
    let length = table.raw_len();
    let mut list = Vec::with_capacity(length);
    let mut map = BTreeMap::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| Thrown::misuse(format!("{what}: {error}")))?;
        match &key {
            Value::Integer(_) if length > 0 => {}
            Value::String(name) => {
                let name = name.to_string_lossy();
                let value = copy(&value, &format!("{what}.{name}"), depth + 1, mixed)?;
                map.insert(name, value);
                continue;
            }
            other => {
                return Err(Thrown::misuse(format!(
                    "{what} has {} as a key; keys are strings or 1 to n",
                    describe(other)
                )));
            }
        }
    }
    for position in 1..=length {
        let value: Value = table.raw_get(position).map_err(|error| Thrown::misuse(format!("{what}: {error}")))?;
        list.push(copy(&value, &format!("{what}[{position}]"), depth + 1, mixed)?);
    }
    match (list.is_empty(), map.is_empty()) {
        (false, false) if mixed == Mixed::Refused => {
            Err(Thrown::misuse(format!("{what} mixes a list with named fields")))
        }
        (false, false) => {
            map.extend((1..).map(|position: usize| position.to_string()).zip(list));
            Ok(Data::Map(map))
        }
        (false, true) => Ok(Data::List(list)),
        (true, _) => Ok(Data::Map(map)),
    }
}

/// Copies plain data into a state.
pub fn to_lua(lua: &Lua, data: &Data) -> mlua::Result<Value> {
    build(lua, data, &|table| Ok(table))
}

/// Copies plain data into a state as tables that refuse to be changed; `what` names them in the error.
pub fn to_lua_read_only(lua: &Lua, data: &Data, what: &'static str) -> mlua::Result<Value> {
    let refuse = lua.create_function(move |_, _: mlua::MultiValue| -> mlua::Result<()> {
        Err(Thrown::misuse_with(format!("`{what}` is read-only"), "keep a user's own values in `user.state`").into())
    })?;
    build(lua, data, &|table| front(lua, &table, refuse.clone()))
}

fn build(lua: &Lua, data: &Data, finish: &dyn Fn(Table) -> mlua::Result<Table>) -> mlua::Result<Value> {
    Ok(match data {
        Data::Nil => Value::Nil,
        Data::Bool(flag) => Value::Boolean(*flag),
        Data::Int(number) => Value::Integer(*number),
        Data::Float(number) => Value::Number(*number),
        Data::Bytes(bytes) => Value::String(lua.create_string(bytes)?),
        Data::List(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for item in items {
                // Nil would leave a hole in the list.
                let item = build(lua, item, finish)?;
                table.raw_push(if item.is_nil() { Value::NULL } else { item })?;
            }
            Value::Table(finish(table)?)
        }
        Data::Map(entries) => {
            let table = lua.create_table_with_capacity(0, entries.len())?;
            for (key, item) in entries {
                table.raw_set(key.as_str(), build(lua, item, finish)?)?;
            }
            Value::Table(finish(table)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn data() -> impl Strategy<Value = Data> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Data::Bool),
            any::<i64>().prop_map(Data::Int),
            (-1e300..1e300f64).prop_map(Data::Float),
            prop::collection::vec(any::<u8>(), 0..20).prop_map(Data::Bytes),
        ];
        leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..5).prop_map(Data::List),
                prop::collection::btree_map("[a-z]{1,5}", inner, 0..5).prop_map(Data::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn plain_data_survives_a_lua_state(data in data()) {
            let lua = Lua::new();
            let value = to_lua(&lua, &data).unwrap();
            prop_assert_eq!(from_lua(&value, "it").unwrap(), data);
        }
    }

    #[test]
    fn what_is_not_plain_is_refused_by_name() {
        let lua = Lua::new();
        let refused = |code: &str| {
            let value: Value = lua.load(code).eval().unwrap();
            from_lua(&value, "it").unwrap_err().to_string()
        };
        assert!(refused("{ a = { b = print } }").starts_with("it.a.b contains a function"));
        assert!(refused("{ 1, 2, x = 3 }").contains("mixes"));
        assert!(refused("local t = {} t.t = t return t").contains("nested too deeply"));
    }

    #[test]
    fn read_only_tables_read_like_others_and_refuse_changes() {
        let lua = Lua::new();
        let data = Data::Map(BTreeMap::from([("list".to_owned(), Data::List(vec![Data::Int(1), Data::Int(2)]))]));
        lua.globals().set("t", to_lua_read_only(&lua, &data, "user.shared").unwrap()).unwrap();
        lua.load(
            "assert(#t.list == 2 and t.list[2] == 2) local n = 0 for k in pairs(t) do n = n + 1 end assert(n == 1)",
        )
        .exec()
        .unwrap();
        assert_eq!(from_lua(&lua.globals().get("t").unwrap(), "it").unwrap(), data);
        let error = lua.load("t.list[1] = 5").exec().unwrap_err().to_string();
        assert!(error.contains("`user.shared` is read-only"), "{error}");
    }
}
