//! What a generator makes, before it is known whether Lua or a database gets it.

use std::borrow::Cow;

use mlua::{IntoLua, Lua, Value};

/// A generator with all its arguments but the index.
pub type Maker = Box<dyn Fn(i64) -> mlua::Result<Made>>;

/// One value.
#[derive(Clone)]
pub enum Made {
    /// A text.
    Text(Cow<'static, str>),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
    /// A whole number.
    Int(i64),
    /// Any number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// What the script itself gave.
    Lua(Value),
}

impl IntoLua for Made {
    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        Ok(match self {
            Self::Text(text) => Value::String(lua.create_string(text.as_bytes())?),
            Self::Bytes(bytes) => Value::String(lua.create_string(bytes)?),
            Self::Int(number) => Value::Integer(number),
            Self::Float(number) => Value::Number(number),
            Self::Bool(flag) => Value::Boolean(flag),
            Self::Lua(value) => value,
        })
    }
}

impl From<&'static str> for Made {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Made {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Vec<u8>> for Made {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<i64> for Made {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Made {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for Made {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}
