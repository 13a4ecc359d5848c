//! Plain data that crosses from one Lua state to another.

use std::collections::BTreeMap;
use std::fmt;

/// A value without behaviour: what `setup` may return, and what `throng.shared` may hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Absent.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// A byte string; Lua strings need not be UTF-8.
    Bytes(Vec<u8>),
    /// A sequence: keys 1 to n.
    List(Vec<Data>),
    /// A table with string keys.
    Map(BTreeMap<String, Data>),
}

impl Data {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Bytes(text.into().into_bytes())
    }

    /// What kind of value it is, with its article, for errors.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Bytes(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a table",
        }
    }
}

/// For people: strings without quotes, lists in brackets, tables in braces.
impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Bytes(bytes) => f.write_str(&String::from_utf8_lossy(bytes)),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Data::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                write!(f, "{{{}}}", entries.join(", "))
            }
        }
    }
}
