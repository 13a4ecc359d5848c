//! The error object that scripts get from `pcall`: typed, readable, and whole when raised again.

use std::collections::BTreeMap;

use mlua::{Lua, MetaMethod, Table, UserData, UserDataMethods, Value};

use crate::drivers::Failure;
use crate::plan::Data;
use crate::script::error::{Thrown, classify, thrown};
use crate::script::fields::describe;
use crate::script::place::located;
use crate::script::state::is_runaway;
use crate::script::values::{from_lua, to_lua};

/// An error from Rust inside Lua.
struct Caught(mlua::Error);

/// Turns an error that `pcall` caught into what scripts see: strings stay strings, typed errors become objects.
///
/// `work` is the function that was called: an error without a place is said to be in it.
pub fn open(lua: &Lua, (error, work): (Value, Value)) -> mlua::Result<Value> {
    match error {
        // Must get through every `pcall`, or a loop around one would never end.
        Value::Error(error) if is_runaway(&error) => Err(*error),
        Value::Error(error) => {
            let error = work.as_function().map_or_else(|| (*error).clone(), |work| located((*error).clone(), work));
            lua.create_userdata(Caught(error)).map(Value::UserData)
        }
        other => Ok(other),
    }
}

/// Raises an error object, or a table `{ kind = …, message = … }`, as an error of Rust.
pub fn raise(error: &Value) -> mlua::Result<()> {
    match error {
        Value::UserData(object) if object.is::<Caught>() => Err(object.borrow::<Caught>()?.0.clone()),
        Value::Table(table) => {
            let kind: Option<String> = table.get("kind")?;
            let message: Option<String> = table.get("message")?;
            match kind {
                Some(kind) => {
                    let message = message.unwrap_or_else(|| kind.clone());
                    Err(Thrown::Raised { kind, message, fields: fields(table)? }.into())
                }
                None => Err(Thrown::misuse("an error that is a table needs a `kind`").into()),
            }
        }
        other => Err(Thrown::misuse(format!("an error can't be {}", describe(other))).into()),
    }
}

/// What a script gave with an error beside its kind and message.
fn fields(table: &Table) -> mlua::Result<BTreeMap<String, Data>> {
    let mut fields = BTreeMap::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair?;
        match key.as_string().map(|name| name.to_string_lossy()) {
            Some(name) if name == "kind" || name == "message" => {}
            Some(name) => {
                let value = from_lua(&value, &format!("the error's field `{name}`"))?;
                fields.insert(name, value);
            }
            None => return Err(Thrown::misuse("the fields of an error have names").into()),
        }
    }
    Ok(fields)
}

impl UserData for Caught {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| Ok(classify(&this.0).message));
        methods.add_meta_method(MetaMethod::Index, |lua, this, field: String| this.field(lua, &field));
    }
}

impl Caught {
    /// `kind`, `message`, `hint`, and the fields that PostgreSQL, Redis or the script itself gave; nil for others.
    fn field(&self, lua: &Lua, field: &str) -> mlua::Result<Value> {
        let typed = innermost(&self.0);
        let text = match (field, typed) {
            ("message", _) => Some(classify(&self.0).message),
            (name, Some(Thrown::Raised { fields, .. })) if fields.contains_key(name) => {
                return to_lua(lua, &fields[name]);
            }
            ("hint", _) => classify(&self.0).hint,
            ("kind", Some(typed)) => Some(kind(typed)),
            ("kind", None) => Some("script_bug".to_owned()),
            ("sqlstate", Some(Thrown::Failure(Failure::Sql { code, .. }))) => Some(code.clone()),
            ("condition", Some(Thrown::Failure(Failure::Sql { name, .. }))) => Some(name.clone()),
            ("word", Some(Thrown::Failure(Failure::Redis { word, .. }))) => Some(word.clone()),
            ("status" | "code", Some(Thrown::Failure(Failure::Http { fault, .. }))) => {
                return Ok(fault.code().map_or(Value::Nil, |code| Value::Integer(code.into())));
            }
            (name, Some(Thrown::Failure(Failure::Sql { fields, .. }))) => {
                fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
            }
            _ => None,
        };
        text.map(|text| lua.create_string(&text).map(Value::String)).unwrap_or(Ok(Value::Nil))
    }
}

/// The typed error itself, below the mark that an operation has counted it.
fn innermost(error: &mlua::Error) -> Option<&Thrown> {
    match thrown(error)? {
        Thrown::Counted(inner) => innermost(inner),
        typed => Some(typed),
    }
}

/// The word by which scripts tell errors apart.
fn kind(typed: &Thrown) -> String {
    match typed {
        Thrown::Failure(Failure::Sql { .. }) => "sql".to_owned(),
        Thrown::Failure(Failure::Redis { .. }) => "redis".to_owned(),
        Thrown::Failure(Failure::Http { fault, .. }) => fault.kind().to_owned(),
        Thrown::Failure(Failure::ConnectionLost { .. }) => "connection_lost".to_owned(),
        Thrown::Failure(Failure::Timeout { .. }) => "timeout".to_owned(),
        Thrown::Failure(Failure::PoolTimeout { .. }) => "pool_timeout".to_owned(),
        Thrown::Check(_) => "check_failed".to_owned(),
        Thrown::Raised { kind, .. } => kind.clone(),
        Thrown::Failure(Failure::Misuse { .. })
        | Thrown::Misuse { .. }
        | Thrown::Runaway { .. }
        | Thrown::Counted(_) => "script_bug".to_owned(),
    }
}
