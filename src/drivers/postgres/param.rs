//! Parameters as a caller gives them, before the statement's types are known.

/// One parameter of a statement.
///
/// A list becomes an array or, for `json` and `jsonb`, a JSON array; a map becomes JSON. A text
/// goes to text types as it is, to `bytea` as its bytes, to `json` and `jsonb` as JSON already
/// written, and to every other type as input that the server parses.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// NULL; inside JSON, `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer, checked against the range of the parameter's type.
    Int(i64),
    /// A double; an integer type takes it only without a fraction.
    Float(f64),
    /// A text, or bytes that may be one.
    Text(Vec<u8>),
    /// Bytes meant for `bytea` even where the server's types are not known.
    Bytes(Vec<u8>),
    /// A sequence.
    List(Vec<Param>),
    /// Keys and values, in order. An empty one is an empty array too, as an empty table is in Lua.
    Map(Vec<(String, Param)>),
}

impl Param {
    /// What it is, with an article, for error messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "a string",
            Self::Bytes(_) => "a byte string",
            Self::List(_) => "a list",
            Self::Map(_) => "a table with keys",
        }
    }

    /// What it is and how long, without its value.
    pub fn outline(&self) -> String {
        match self {
            Self::Text(text) => format!("a string of {} bytes", text.len()),
            Self::Bytes(bytes) => format!("a byte string of {} bytes", bytes.len()),
            Self::List(items) => format!("a list of {}", items.len()),
            other => other.describe().to_owned(),
        }
    }

    /// Bytes of memory that it takes at least.
    pub fn weight(&self) -> usize {
        match self {
            Self::Text(bytes) | Self::Bytes(bytes) => bytes.len(),
            Self::List(items) => items.iter().map(Self::weight).sum(),
            Self::Map(entries) => entries.iter().map(|(name, value)| name.len() + value.weight()).sum(),
            _ => size_of::<Self>(),
        }
    }

    /// Its value as text, cut off after `longest` characters.
    pub fn shown(&self, longest: usize) -> String {
        let text = match self {
            Self::Text(text) => format!("'{}'", String::from_utf8_lossy(text)),
            Self::Null => "NULL".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            other => other.outline(),
        };
        if text.chars().count() > longest { text.chars().take(longest).chain(['…']).collect() } else { text }
    }

    /// Whether a map is anywhere in it.
    pub(super) fn contains_map(&self) -> bool {
        match self {
            Self::Map(_) => true,
            Self::List(items) => items.iter().any(Self::contains_map),
            _ => false,
        }
    }
}

impl From<i64> for Param {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Param {
    fn from(value: &str) -> Self {
        Self::Text(value.as_bytes().to_vec())
    }
}
