//! Tables that refuse to be changed: an empty front, through which every key is looked up in the table behind it.

use mlua::{Function, Lua, MultiValue, Table, Value};

use super::error::Thrown;

/// The key under which the metatable of a front holds the table behind it.
const BEHIND: &str = "behind";

/// A front for a table; `refuse` is called with every assignment, and raises.
pub fn front(lua: &Lua, behind: &Table, refuse: Function) -> mlua::Result<Table> {
    let meta = lua.create_table()?;
    let held = behind.clone();
    meta.raw_set("__len", lua.create_function(move |_, _: Value| Ok(held.raw_len()))?)?;
    let (held, next) = (behind.clone(), lua.globals().get::<Function>("next")?);
    // The table behind stays in here: in a script's hands it could be changed.
    let step = lua.create_function(move |_, (_, key): (Value, Value)| next.call::<MultiValue>((held.clone(), key)))?;
    meta.raw_set("__pairs", lua.create_function(move |_, front: Value| Ok((step.clone(), front, Value::Nil)))?)?;
    meta.raw_set(BEHIND, behind)?;
    meta.raw_set("__index", behind)?;
    meta.raw_set("__newindex", refuse)?;
    meta.raw_set("__metatable", false)?;
    let front = lua.create_table()?;
    front.set_metatable(Some(meta))?;
    Ok(front)
}

/// A front for a part of the library that all users of a state share.
pub fn library(lua: &Lua, name: &str, behind: &Table) -> mlua::Result<Table> {
    let message = format!("`{name}` is read-only, because all users of a worker share it");
    let refuse = lua.create_function(move |_, _: MultiValue| -> mlua::Result<()> {
        Err(Thrown::misuse_with(message.clone(), "keep functions of your own in a `local` table").into())
    })?;
    front(lua, behind, refuse)
}

/// The table that holds the fields: behind a front, or the table itself.
pub fn behind(table: &Table) -> Table {
    let hidden = table.metatable().and_then(|meta| meta.raw_get::<Option<Table>>(BEHIND).ok().flatten());
    hidden.unwrap_or_else(|| table.clone())
}

/// The `rawset` of scripts: what refuses assignments refuses raw ones too.
pub fn raw_set(_: &Lua, (table, key, value): (Table, Value, Value)) -> mlua::Result<Table> {
    let refuses = |meta: Table| -> mlua::Result<bool> {
        let locked = meta.raw_get::<Value>("__metatable")? == Value::Boolean(false);
        Ok(locked && !meta.raw_get::<Value>("__newindex")?.is_nil())
    };
    if table.metatable().map_or(Ok(false), refuses)? {
        return Err(Thrown::misuse("`rawset`: the table is read-only").into());
    }
    table.raw_set(key, value)?;
    Ok(table)
}
