//! `throng.log`: lines for the author of a scenario, on standard error.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use mlua::{Function, Lua, LuaString, Table, Value, Variadic};

use crate::script::host::Host;
use crate::script::place::current;
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
    // Lua's own, since what `__tostring` returns need not be UTF-8.
    let tostring: Function = lua.globals().raw_get("tostring")?;
    let word = |value: &Value| Ok(tostring.call::<LuaString>(value)?.to_string_lossy());
    let words: Vec<String> = values.iter().map(word).collect::<mlua::Result<_>>()?;
    let (place, text) = (current(lua).unwrap_or_else(|| "?".to_owned()), words.join("\t"));
    match Host::of(lua) {
        Ok(host) => host.shared.log().write(level, &place, &text),
        Err(_) => write_once(level, &place, &text),
    }
    Ok(())
}

/// Writes a line while a file is being loaded: each worker loads it, but the line is one.
fn write_once(level: Level, place: &str, text: &str) {
    static WRITTEN: LazyLock<Mutex<HashSet<(String, String)>>> = LazyLock::new(Mutex::default);
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if written.insert((place.to_owned(), text.to_owned())) {
        Log::default().write(level, place, text);
    }
}
