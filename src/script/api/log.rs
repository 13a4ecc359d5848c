//! `throng.log`: lines for the author of a scenario, on standard error.

use mlua::{Lua, Table, Value, Variadic};

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    for level in ["debug", "info", "warn", "error"] {
        let log = lua.create_function(move |lua, values: Variadic<Value>| write(lua, level, &values))?;
        module.raw_set(level, log)?;
    }
    Ok(module)
}

/// The `print` of scenarios: a line on standard error, since standard output belongs to the report.
pub fn print(lua: &Lua, values: &[Value]) -> mlua::Result<()> {
    write(lua, "info", values)
}

fn write(_: &Lua, level: &str, values: &[Value]) -> mlua::Result<()> {
    let words: Vec<String> = values.iter().map(Value::to_string).collect::<mlua::Result<_>>()?;
    eprintln!("{level}: {}", words.join("\t"));
    Ok(())
}
