//! Reading Redis's replies, which differ between the versions of its protocol.

use std::collections::BTreeMap;

use redis::Value;

/// The text of a reply that is one, or a number.
pub(in crate::monitor) fn text(reply: &Value) -> String {
    match reply {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::VerbatimString { text, .. } | Value::SimpleString(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The number that a reply is, if it is one.
pub(super) fn number(reply: &Value) -> Option<i64> {
    match reply {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

/// The items of a reply that is a list; none of any other.
pub(super) fn items(reply: &Value) -> &[Value] {
    match reply {
        Value::Array(items) | Value::Set(items) => items,
        _ => &[],
    }
}

/// Names and values: a map in RESP3, a list of both in turn in RESP2.
pub(in crate::monitor) fn pairs(reply: &Value) -> Vec<(String, String)> {
    match reply {
        Value::Map(entries) => entries.iter().map(|(name, value)| (text(name), text(value))).collect(),
        _ => items(reply).chunks_exact(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
    }
}

/// The lines `name:value` of `INFO`.
pub(in crate::monitor) fn fields(info: &str) -> BTreeMap<String, String> {
    let pairs = info.lines().filter_map(|line| line.trim_end().split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
