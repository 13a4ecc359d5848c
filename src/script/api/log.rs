//! `throng.log`: lines for the author of a scenario, on standard error.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use mlua::{Lua, Table, Value, Variadic};

use crate::script::host::Host;
use crate::script::shared::{Level, Log};

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    for (name, level) in
        [("debug", Level::Debug), ("info", Level::Info), ("warn", Level::Warn), ("error", Level::Error)]
    {
        let log = lua.create_function(move |lua, values: Variadic<Value>| write(lua, level, &values))?;
        module.raw_set(name, log)?;
    }
    Ok(module)
}

/// The `print` of scenarios: a line on standard error, since standard output belongs to the report.
pub fn print(lua: &Lua, values: &[Value]) -> mlua::Result<()> {
    write(lua, Level::Info, values)
}

fn write(lua: &Lua, level: Level, values: &[Value]) -> mlua::Result<()> {
    let words: Vec<String> = values.iter().map(Value::to_string).collect::<mlua::Result<_>>()?;
    let (place, text) = (caller(lua), words.join("\t"));
    match Host::of(lua) {
        Ok(host) => host.shared.log().write(level, &place, &text),
        Err(_) => write_once(level, &place, &text),
    }
    Ok(())
}

/// `file:line` of the script that called.
fn caller(lua: &Lua) -> String {
    let place = |level| {
        lua.inspect_stack(level, |frame| {
            let line = frame.current_line()?;
            Some(format!("{}:{line}", frame.source().short_src?))
        })
    };
    // The lowest levels may be the host's own functions, which have no line.
    (0..4).find_map(|level| place(level).flatten()).unwrap_or_else(|| "?".to_owned())
}

/// Writes a line while a file is being loaded: each worker loads it, but the line is one.
fn write_once(level: Level, place: &str, text: &str) {
    static WRITTEN: LazyLock<Mutex<HashSet<(String, String)>>> = LazyLock::new(Mutex::default);
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if written.insert((place.to_owned(), text.to_owned())) {
        Log::default().write(level, place, text);
    }
}
