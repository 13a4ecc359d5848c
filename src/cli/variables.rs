//! Values of `throng.toml` that come from environment variables: `${NAME}`, and `${NAME:-default}`.
//!
//! A setting that names a variable which is neither set nor has a default is not set, so that a weaker layer decides. What
//! is filled in is read as a flag is, by the type of the setting: `users = "${WRITERS}"` is a number.

use crate::plan::settings::{self, Input};
use crate::plan::{Data, PlanError, Settings, percent_encode};

/// The value of a variable, if it is set and not empty.
pub(super) fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Reads a table of settings whose values may name variables; `path` names it in errors.
///
/// # Errors
/// When a placeholder or a setting is wrong.
pub(super) fn settings(table: &Data, path: &str, lookup: Lookup<'_>) -> Result<Settings, String> {
    let Data::Map(fields) = table else { return said(Settings::from_data(table, path)) };
    let mut read = Settings::default();
    for (name, value) in fields {
        let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match (name.as_str(), value) {
            (_, Data::Bytes(_)) => match fill(value, &full, lookup)? {
                // Misspelt names are found with or without the variable.
                Filled::Unset if settings::find(name).is_none() => said(read.set(name, Input::Text(""), &full))?,
                Filled::Unset => {}
                Filled::Typed(value) => said(read.set(name, Input::Typed(&value), &full))?,
                Filled::Text(text) => said(read.set(name, Input::Text(&text), &full))?,
            },
            ("params", Data::Map(params)) => {
                for (param, value) in params {
                    if let Some(one) = param_setting(param, value, &full, lookup)? {
                        read.add_params(one);
                    }
                }
            }
            _ => {
                if let Some(value) = filled_within(value, &full, lookup)? {
                    said(read.set(name, Input::Typed(&value), &full))?;
                }
            }
        }
    }
    Ok(read)
}

/// Finds the value of a variable.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What became of a value.
enum Filled {
    /// It names a variable that is not set.
    Unset,
    /// It names none.
    Typed(Data),
    /// All variables are filled in.
    Text(String),
}

fn said<T>(result: Result<T, PlanError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// The setting `params` of one parameter.
fn param_setting(name: &str, value: &Data, path: &str, lookup: Lookup<'_>) -> Result<Option<Settings>, String> {
    let mut one = Settings::default();
    let written = format!("{path}.{name}");
    match fill(value, &written, lookup)? {
        Filled::Unset => return Ok(None),
        Filled::Typed(value) => {
            let table = Data::Map([(name.to_owned(), value)].into());
            said(one.set("params", Input::Typed(&table), path))?;
        }
        Filled::Text(text) => said(one.set("params", Input::Text(&format!("{name}={text}")), path))?,
    }
    Ok(Some(one))
}

/// A value with the variables in all its strings filled in; items and entries that are not set are left out.
fn filled_within(value: &Data, path: &str, lookup: Lookup<'_>) -> Result<Option<Data>, String> {
    Ok(Some(match value {
        Data::List(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(|item| filled_within(item, path, lookup)).collect();
            Data::List(items?.into_iter().flatten().collect())
        }
        Data::Map(entries) => {
            let mut filled = std::collections::BTreeMap::new();
            for (name, entry) in entries {
                if let Some(entry) = filled_within(entry, &format!("{path}.{name}"), lookup)? {
                    filled.insert(name.clone(), entry);
                }
            }
            Data::Map(filled)
        }
        single => match fill(single, path, lookup)? {
            Filled::Unset => return Ok(None),
            Filled::Typed(value) => value,
            Filled::Text(text) => Data::text(text),
        },
    }))
}

/// Fills in a string's variables. In a URL they are percent-encoded, unless one of them brings the URL's beginning.
fn fill(value: &Data, path: &str, lookup: Lookup<'_>) -> Result<Filled, String> {
    let text = match value {
        Data::Bytes(bytes) => String::from_utf8_lossy(bytes),
        other => return Ok(Filled::Typed(other.clone())),
    };
    let Some(first) = text.find("${") else { return Ok(Filled::Typed(value.clone())) };
    let in_url = text[..first].contains("://");
    let (mut filled, mut rest) = (String::new(), text.as_ref());
    while let Some((before, after)) = rest.split_once("${") {
        let unfinished =
            || format!("`{path}`: `${{` without its `}}`\nhint: write `${{NAME}}` or `${{NAME:-default}}`");
        let (inside, behind) = after.split_once('}').ok_or_else(unfinished)?;
        let (name, default) = inside.split_once(":-").map_or((inside, None), |(name, default)| (name, Some(default)));
        check_name(name, path)?;
        filled.push_str(before);
        match (lookup(name), default) {
            (Some(value), _) if in_url => filled.push_str(&percent_encode(&value)),
            (Some(value), _) => filled.push_str(&value),
            (None, Some(default)) => filled.push_str(default),
            (None, None) => return Ok(Filled::Unset),
        }
        rest = behind;
    }
    filled.push_str(rest);
    Ok(if filled.is_empty() { Filled::Unset } else { Filled::Text(filled) })
}

fn check_name(name: &str, path: &str) -> Result<(), String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && name.starts_with(|c: char| !c.is_ascii_digit()) {
        return Ok(());
    }
    Err(format!(
        "`{path}`: `{name}` is no name of an environment variable\nhint: write `${{NAME}}` or `${{NAME:-default}}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let table: toml::Table = toml.parse().expect("TOML");
        let lookup =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        settings(&super::super::tables::data(toml::Value::Table(table)), "", &lookup)
    }

    fn shown(toml: &str, variables: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        read(toml, variables).unwrap_or_else(|error| panic!("{error}")).shown()
    }

    #[test]
    fn variables_are_read_by_the_type_of_what_they_set() {
        let toml = r#"
            users = "${WRITERS:-10}"
            duration = "${SECONDS}s"
            reserve = "${NOT_SET}"
            thresholds = ["errors.rate < ${MOST:-1}%"]
            params = { rows = "${ROWS}", left = "${NOT_SET}", share = 5, mode = "x${MODE:-}y" }
        "#;
        assert_eq!(
            shown(toml, &[("SECONDS", "30"), ("ROWS", "500")]),
            [
                ("users", "10".to_owned()),
                ("duration", "30s".to_owned()),
                ("params", "mode=xy, rows=500, share=5".to_owned()),
                ("thresholds", "errors.rate < 1%".to_owned()),
            ]
        );
    }

    #[test]
    fn what_stands_in_a_url_is_encoded() {
        let url = |toml, variables: &[(&str, &str)]| {
            let urls = read(toml, variables).expect("good settings").postgres.expect("a URL").0;
            urls.values().next().expect("one").reveal().to_owned()
        };
        let parts = r#"postgres = "postgres://${DB_USER}:${DB_PASSWORD}@${DB_HOST:-localhost}/app""#;
        let variables = [("DB_USER", "load"), ("DB_PASSWORD", "p@s/s:%"), ("WHOLE", "postgres://a:b@c/d")];
        assert_eq!(url(parts, &variables), "postgres://load:p%40s%2Fs%3A%25@localhost/app");
        assert_eq!(url(r#"postgres = "${WHOLE}?sslmode=disable""#, &variables), "postgres://a:b@c/d?sslmode=disable");
        assert_eq!(url(r#"postgres = { postgres = "${WHOLE}" }"#, &variables), "postgres://a:b@c/d");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (toml, message) in [
            (r#"users = "${WRITERS""#, "`users`: `${` without its `}`"),
            (r#"users = "${2}""#, "`users`: `2` is no name of an environment variable"),
            (r#"users = "${}""#, "`users`: `` is no name"),
            (r#"users = "${MANY}""#, "`users`: expected a whole number, not negative, got `many`"),
            (r#"usres = "${MANY}""#, "there is no setting `usres`"),
            (r#"usres = "${NOT_SET}""#, "there is no setting `usres`"),
            (r#"params = { rows = "${A B}" }"#, "`params.rows`: `A B` is no name"),
        ] {
            let error = read(toml, &[("MANY", "many")]).map(|_| ()).expect_err(message);
            assert!(error.starts_with(message), "{error}");
        }
    }
}
