//! Raw values of settings, before their type is known.

use super::super::Data;

/// A value as it was written.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// In a language with types: Lua, TOML.
    Typed(&'a Data),
    /// As plain text: an environment variable, a flag.
    Text(&'a str),
}

impl<'a> Input<'a> {
    /// The text, if it is one.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Typed(Data::Bytes(bytes)) => std::str::from_utf8(bytes).ok(),
            Self::Typed(_) => None,
        }
    }

    /// A whole number that is not negative.
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Typed(Data::Int(number)) => u64::try_from(*number).ok(),
            // Lua and TOML write large round numbers as floats: 1e6.
            Self::Typed(Data::Float(number)) if number.fract() == 0.0 && (0.0..1e15).contains(number) => {
                Some(*number as u64)
            }
            Self::Typed(_) => None,
        }
    }

    /// The items of a list; a single string is a list of one, plain text is split at `separator`.
    pub fn texts(self, separator: char) -> Option<Vec<&'a str>> {
        match self {
            Self::Text(text) => Some(text.split(separator).map(str::trim).filter(|item| !item.is_empty()).collect()),
            Self::Typed(Data::List(items)) => items.iter().map(|item| Input::Typed(item).text()).collect(),
            Self::Typed(_) => self.text().map(|text| vec![text]),
        }
    }

    /// What was written, for errors.
    pub fn describe(self) -> String {
        match self {
            Self::Text(text) => format!("`{text}`"),
            Self::Typed(Data::List(_)) => "a list".to_owned(),
            Self::Typed(Data::Map(_)) => "a table".to_owned(),
            Self::Typed(Data::Bytes(_)) => format!("the string {}", self.shown()),
            Self::Typed(data) => format!("{} {}", data.kind(), self.shown()),
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Text(text) => format!("`{text}`"),
            Self::Typed(data) => format!("`{data}`"),
        }
    }
}
