//! What a scenario `needs`: targets of a kind, by name, and how a server is to be set up that throng starts for one.

use mlua::{Table, Value};

use super::error::Thrown;
use super::fields::describe;
use crate::plan::Version;
use crate::plan::scenario::{Need, TargetKind};
use crate::plan::target::ServerSettings;

/// Settings by which throng keeps a server private, reaches it and removes it again, or that read files of their own.
const KEPT: [&str; 18] = [
    "bind",
    "config_file",
    "daemonize",
    "data_directory",
    "dir",
    "external_pid_file",
    "hba_file",
    "include",
    "listen_addresses",
    "loadmodule",
    "logfile",
    "logging_collector",
    "pidfile",
    "port",
    "shared_preload_libraries",
    "unix_socket_directories",
    "unixsocket",
    "unixsocketperm",
];

/// `{ "postgres", audit = "postgres" }`: names alone are kinds, keys name further targets of a kind; and where a kind
/// may stand, so may `{ "postgres", settings = { work_mem = "1MB" }, version = "14" }`.
pub(super) fn read(table: Option<Table>) -> Result<Vec<Need>, Thrown> {
    let mut needs = Vec::new();
    for pair in table.iter().flat_map(|table| table.pairs::<Value, Value>()) {
        let (key, value) = pair.map_err(|error| Thrown::misuse(format!("`needs`: {error}")))?;
        let need = match value {
            Value::Table(table) => with_fields(&table)?,
            word => Need::new("", kind(&word)?),
        };
        let name = match &key {
            Value::String(name) => name.to_string_lossy(),
            _ => need.kind.name().to_owned(),
        };
        needs.push(Need { name, ..need });
    }
    needs.sort();
    Ok(needs)
}

fn kind(word: &Value) -> Result<TargetKind, Thrown> {
    let name = word.as_string().map(|word| word.to_string_lossy());
    name.as_deref().and_then(TargetKind::from_name).ok_or_else(|| {
        Thrown::misuse(format!("`needs`: expected `postgres`, `redis` or `http`, got {}", describe(word)))
    })
}

/// A target that is told more of than its kind; it has no name yet.
fn with_fields(table: &Table) -> Result<Need, Thrown> {
    let (mut word, mut settings, mut version) = (Value::Nil, ServerSettings::default(), None);
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| Thrown::misuse(format!("`needs`: {error}")))?;
        match (&key, value) {
            (Value::Integer(1), value) => word = value,
            (Value::String(name), Value::Table(table)) if *name == "settings" => settings = read_settings(&table)?,
            (Value::String(name), value) if *name == "version" => version = Some(read_version(&value)?),
            _ => {
                let message = format!("`needs`: a target has no field {}", describe(&key));
                return Err(Thrown::misuse_with(
                    message,
                    "write `{ \"postgres\", settings = { … }, version = \"14\" }`",
                ));
            }
        }
    }
    let kind = kind(&word)?;
    if kind == TargetKind::Http && !settings.is_empty() {
        return Err(Thrown::misuse("`needs`: an `http` has no `settings`, since throng starts none"));
    }
    if kind == TargetKind::Http && version.is_some() {
        return Err(Thrown::misuse("`needs`: an `http` has no `version`, since it tells none"));
    }
    Ok(Need { settings, version, ..Need::new("", kind) })
}

/// The oldest version that will do.
fn read_version(value: &Value) -> Result<Version, Thrown> {
    let text = match value {
        Value::String(text) => text.to_string_lossy(),
        Value::Integer(major) => major.to_string(),
        // A number would lose the last digit of `6.10`.
        _ => String::new(),
    };
    Version::parse(&text).ok_or_else(|| {
        Thrown::misuse(format!("`needs.version`: expected a version such as `\"6.2\"`, got {}", describe(value)))
    })
}

fn read_settings(table: &Table) -> Result<ServerSettings, Thrown> {
    let pairs = table.pairs::<Value, Value>().map(|pair| {
        let (name, value) = pair.map_err(|error| Thrown::misuse(format!("`needs.settings`: {error}")))?;
        setting(&name, &value)
    });
    pairs.collect()
}

/// A line of a configuration file, which must be no more than that.
fn setting(name: &Value, value: &Value) -> Result<(String, String), Thrown> {
    let is_name = |name: &String| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let Some(text) = name.as_string().map(|name| name.to_string_lossy()).filter(is_name) else {
        let message = format!("`needs.settings`: expected names of settings as keys, got {}", describe(name));
        return Err(Thrown::misuse(message));
    };
    if KEPT.contains(&text.to_ascii_lowercase().as_str()) {
        return Err(Thrown::misuse(format!("`needs.settings.{text}`: throng sets this itself")));
    }
    let value = match value {
        Value::String(value) => value.to_string_lossy(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Boolean(value) => if *value { "on" } else { "off" }.to_owned(),
        other => {
            let message = format!("`needs.settings.{text}`: expected a value, got {}", describe(other));
            return Err(Thrown::misuse(message));
        }
    };
    if value.chars().any(char::is_control) {
        return Err(Thrown::misuse(format!("`needs.settings.{text}`: expected a value on one line")));
    }
    Ok((text, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(lua: &str) -> Result<Vec<Need>, String> {
        let state = mlua::Lua::new();
        let table: Table = state.load(lua).eval().expect("a table");
        read(Some(table)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_server_that_throng_starts_can_be_set_up() {
        let read = needs(
            r#"{ "redis", { "postgres", settings = { work_mem = "1MB", max_wal_size = 32, jit = false } },
                 audit = { "postgres", version = "16.1" } }"#,
        )
        .expect("needs");
        let names: Vec<_> = read.iter().map(|need| (need.name.as_str(), need.kind)).collect();
        use TargetKind::{Postgres, Redis};
        assert_eq!(names, [("audit", Postgres), ("postgres", Postgres), ("redis", Redis)]);
        let settings = [("jit", "off"), ("max_wal_size", "32"), ("work_mem", "1MB")];
        assert_eq!(read[1].settings, settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert!(read[0].settings.is_empty() && read[2].settings.is_empty());
        assert_eq!((read[0].version, read[1].version), (Some(Version(16, 1)), None));
    }

    #[test]
    fn what_would_not_be_a_setting_of_a_private_server_is_refused() {
        for (lua, message) in [
            (r#"{ { "postgres", settings = { port = 1 } } }"#, "`needs.settings.port`: throng sets this itself"),
            (r#"{ { "redis", settings = { Bind = "*" } } }"#, "`needs.settings.Bind`: throng sets this itself"),
            (r#"{ { "redis", settings = { ["a b"] = 1 } } }"#, "expected names of settings as keys"),
            (r#"{ { "redis", settings = { a = "1\nbind *" } } }"#, "expected a value on one line"),
            (r#"{ { "redis", settings = { a = {} } } }"#, "`needs.settings.a`: expected a value, got a table"),
            (r#"{ { "mysql", settings = {} } }"#, "expected `postgres`, `redis` or `http`, got the string `mysql`"),
            (r#"{ { "redis", setting = {} } }"#, "a target has no field the string `setting`"),
            (r#"{ { "http", settings = { a = 1 } } }"#, "an `http` has no `settings`"),
            (r#"{ { "redis", version = 6.2 } }"#, "`needs.version`: expected a version such as `\"6.2\"`"),
            (r#"{ { "http", version = "1" } }"#, "an `http` has no `version`"),
            (r#"{ { settings = {} } }"#, "expected `postgres`, `redis` or `http`, got nothing"),
        ] {
            let error = needs(lua).expect_err(message);
            assert!(error.contains(message), "{error}");
        }
    }
}
