//! `throng`: what belongs to no other module.

use mlua::{Lua, Table, Value};

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    module.raw_set("null", Value::NULL)?;
    module.raw_set("version", env!("CARGO_PKG_VERSION"))?;
    Ok(module)
}
