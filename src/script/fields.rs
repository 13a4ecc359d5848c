//! Reading a Lua table of named fields: the one way in which declarations and options are decoded.
//!
//! Unknown fields are errors that name the nearest right one; wrong types name
//! the field, what was expected and what came.

use std::time::Duration;

use mlua::{Function, LuaString, Table, Value};

use super::error::Thrown;
use crate::plan::nearest::nearest;
use crate::plan::units;

/// A table whose fields are taken one by one; [`Fields::finish`] refuses what was not taken.
pub struct Fields {
    /// `None` where all fields are absent.
    table: Option<Table>,
    what: String,
    known: Vec<&'static str>,
}

impl Fields {
    /// Starts reading `table`; `what` names it in errors, such as `load` or `options of transaction`.
    pub fn new(table: Table, what: impl Into<String>) -> Self {
        Self { table: Some(table), what: what.into(), known: Vec::new() }
    }

    /// Fields that are all absent, as options mostly are.
    pub fn absent(what: impl Into<String>) -> Self {
        Self { table: None, what: what.into(), known: Vec::new() }
    }

    /// A field that may be absent.
    pub fn opt<T: Named>(&mut self, key: &'static str) -> Result<Option<T>, Thrown> {
        let Some(table) = &self.table else { return Ok(None) };
        self.known.push(key);
        let value: Value = table.raw_get(key).map_err(|error| Thrown::misuse(error.to_string()))?;
        if value.is_nil() {
            return Ok(None);
        }
        T::named(value.clone()).map(Some).map_err(|reason| match reason {
            Mismatch::Type => {
                Thrown::misuse(format!("{}: expected {}, got {}", self.path(key), T::EXPECTED, describe(&value)))
            }
            Mismatch::Content(reason) => Thrown::misuse(format!("{}: {reason}", self.path(key))),
        })
    }

    /// A field that must be there.
    pub fn req<T: Named>(&mut self, key: &'static str) -> Result<T, Thrown> {
        self.opt(key)?.ok_or_else(|| Thrown::misuse(format!("{} is missing: expected {}", self.path(key), T::EXPECTED)))
    }

    /// Refuses fields that were not asked for.
    pub fn finish(self) -> Result<(), Thrown> {
        let Some(table) = &self.table else { return Ok(()) };
        for pair in table.pairs::<Value, Value>() {
            let (key, _) = pair.map_err(|error| Thrown::misuse(error.to_string()))?;
            let name = key.as_string().map(|name| name.to_string_lossy()).unwrap_or_else(|| describe(&key));
            if !self.known.contains(&name.as_str()) {
                let message = format!("{} has no field `{name}`", self.subject());
                let nearest = nearest(&name, self.known.iter().copied());
                return Err(match nearest {
                    Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")),
                    None => Thrown::misuse_with(message, format!("it may have: {}", self.known.join(", "))),
                });
            }
        }
        Ok(())
    }

    fn subject(&self) -> String {
        if self.what.is_empty() { "the scenario".to_owned() } else { format!("`{}`", self.what) }
    }

    fn path(&self, key: &str) -> String {
        if self.what.is_empty() { format!("`{key}`") } else { format!("`{}.{key}`", self.what) }
    }
}

/// A value in a few words, for errors.
pub fn describe(value: &Value) -> String {
    match value {
        Value::Nil => "nothing".to_owned(),
        Value::Boolean(flag) => format!("`{flag}`"),
        Value::Integer(number) => format!("the number `{number}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) => {
            let text = text.to_string_lossy();
            let short: String = text.chars().take(40).collect();
            let ellipsis = if short.len() < text.len() { "…" } else { "" };
            format!("the string `{short}{ellipsis}`")
        }
        null if *null == Value::NULL => "`throng.null`".to_owned(),
        Value::Table(_) => "a table".to_owned(),
        Value::Function(_) => "a function".to_owned(),
        other => format!("a {}", other.type_name()),
    }
}

/// Why a value did not become what a field needs.
pub enum Mismatch {
    /// It is of another type.
    Type,
    /// It is of the right type but means nothing.
    Content(String),
}

/// A type that a named field may have.
pub trait Named: Sized {
    /// What is expected, as an error says it.
    const EXPECTED: &'static str;

    /// Turns a value that is not nil into the type.
    fn named(value: Value) -> Result<Self, Mismatch>;
}

impl Named for Value {
    const EXPECTED: &'static str = "a value";

    fn named(value: Value) -> Result<Self, Mismatch> {
        Ok(value)
    }
}

impl Named for bool {
    const EXPECTED: &'static str = "true or false";

    fn named(value: Value) -> Result<Self, Mismatch> {
        value.as_boolean().ok_or(Mismatch::Type)
    }
}

impl Named for String {
    const EXPECTED: &'static str = "a string";

    fn named(value: Value) -> Result<Self, Mismatch> {
        let text = value.as_string().ok_or(Mismatch::Type)?;
        Ok(text.to_str().map_err(|_| Mismatch::Content("the string is not UTF-8".to_owned()))?.to_owned())
    }
}

/// Any bytes, UTF-8 or not.
impl Named for LuaString {
    const EXPECTED: &'static str = "a string";

    fn named(value: Value) -> Result<Self, Mismatch> {
        value.as_string().cloned().ok_or(Mismatch::Type)
    }
}

impl Named for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Integer(number) => Ok(number),
            Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Ok(number as i64),
            _ => Err(Mismatch::Type),
        }
    }
}

impl Named for u64 {
    const EXPECTED: &'static str = "a whole number, 0 or more";

    fn named(value: Value) -> Result<Self, Mismatch> {
        u64::try_from(i64::named(value)?).map_err(|_| Mismatch::Type)
    }
}

impl Named for f64 {
    const EXPECTED: &'static str = "a number";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::Integer(number) => Ok(number as f64),
            Value::Number(number) => Ok(number),
            _ => Err(Mismatch::Type),
        }
    }
}

impl Named for Duration {
    const EXPECTED: &'static str = "a duration such as `\"150ms\"` or a number of seconds";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => {
                units::parse_duration(&text.to_string_lossy()).map_err(|error| Mismatch::Content(error.to_string()))
            }
            Value::Integer(_) | Value::Number(_) => units::duration_of_seconds(f64::named(value)?)
                .ok_or_else(|| Mismatch::Content("a duration can be neither negative nor endless".to_owned())),
            _ => Err(Mismatch::Type),
        }
    }
}

impl Named for Table {
    const EXPECTED: &'static str = "a table";

    fn named(value: Value) -> Result<Self, Mismatch> {
        value.as_table().cloned().ok_or(Mismatch::Type)
    }
}

impl Named for Function {
    const EXPECTED: &'static str = "a function";

    fn named(value: Value) -> Result<Self, Mismatch> {
        value.as_function().cloned().ok_or(Mismatch::Type)
    }
}

impl Named for Vec<String> {
    const EXPECTED: &'static str = "a list of strings";

    fn named(value: Value) -> Result<Self, Mismatch> {
        let table = Table::named(value)?;
        if table.pairs::<Value, Value>().count() != table.raw_len() {
            return Err(Mismatch::Type);
        }
        table.sequence_values::<Value>().map(|item| String::named(item.map_err(|_| Mismatch::Type)?)).collect()
    }
}
