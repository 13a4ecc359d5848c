//! `throng.env`: environment variables that the scenario declares.

use mlua::{Lua, Table, Value};

use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::host::Host;

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    args::add(lua, &module, "env.get", |lua, mut args| {
        let name: String = args.req("name")?;
        match read(lua, &name)? {
            Value::Nil => Ok(args.value()),
            set => Ok(set),
        }
    })?;
    let meta = lua.create_table()?;
    meta.raw_set(
        "__index",
        lua.create_function(|lua, values| {
            let mut args = Args::new("env", values);
            args.value();
            read(lua, &args.req::<String>("name")?)
        })?,
    )?;
    meta.raw_set(
        "__newindex",
        lua.create_function(|_, _: mlua::MultiValue| -> mlua::Result<()> {
            Err(Thrown::misuse("`throng.env` is read-only").into())
        })?,
    )?;
    meta.raw_set("__metatable", false)?;
    module.set_metatable(Some(meta))?;
    Ok(module)
}

/// A declared variable; nil if it is not set.
fn read(lua: &Lua, name: &str) -> mlua::Result<Value> {
    let host = Host::of(lua)?;
    if !host.plan.env.iter().any(|declared| declared == name) {
        return Err(Thrown::misuse_with(
            format!("the scenario does not declare the environment variable `{name}`"),
            format!("declare it: `env = {{ \"{name}\" }}`"),
        )
        .into());
    }
    match std::env::var_os(name) {
        Some(value) => lua.create_string(value.as_encoded_bytes()).map(Value::String),
        None => Ok(Value::Nil),
    }
}
