//! Files in TOML as plain data.

use std::collections::BTreeMap;

use crate::plan::Data;

/// The fields of a file's text.
///
/// # Errors
/// What is wrong with its form.
pub fn read(text: &str) -> Result<BTreeMap<String, Data>, String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| syntax_problem(&error, text))?;
    Ok(table.into_iter().map(|(name, value)| (name, data(value))).collect())
}

/// What is wrong with the file's form. The line is shown, unless it may hold a password.
fn syntax_problem(error: &toml::de::Error, text: &str) -> String {
    let shown = error.to_string();
    if !shown.contains("://") && !shown.contains("password") {
        return shown.trim_end().to_owned();
    }
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

/// What a file says, as plain data.
pub fn data(value: toml::Value) -> Data {
    match value {
        toml::Value::String(text) => Data::text(text),
        toml::Value::Integer(number) => Data::Int(number),
        toml::Value::Float(number) => Data::Float(number),
        toml::Value::Boolean(flag) => Data::Bool(flag),
        toml::Value::Datetime(time) => Data::text(time.to_string()),
        toml::Value::Array(items) => Data::List(items.into_iter().map(data).collect()),
        toml::Value::Table(fields) => Data::Map(fields.into_iter().map(|(name, value)| (name, data(value))).collect()),
    }
}
