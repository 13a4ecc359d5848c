//! How Lua finds the members of Rust's objects that have more than methods.
//!
//! A call of a method is mostly `user.pg:query(…)`: finding `query` must not be a call into Rust of its own.

use mlua::{FromLua, Function, Lua, Table, UserDataRef, Value};

use super::state::PRELUDE_NAME;

/// Finds methods in a table, and asks `other` of everything else.
const FIND: &str = "
local methods, other = ...
return function(object, name)
  local method = methods[name]
  if method ~= nil then return method end
  return other(object, name)
end";

/// An `__index` that finds the methods in `methods`, where more can be put later, and leaves other names to `other`.
pub(super) fn index<T: 'static>(
    lua: &Lua,
    methods: &Table,
    other: impl Fn(&Lua, UserDataRef<T>, &Value) -> mlua::Result<Value> + 'static,
) -> mlua::Result<Function> {
    let other = lua.create_function(move |lua, (object, name): (Value, Value)| {
        other(lua, UserDataRef::from_lua(object, lua)?, &name)
    })?;
    lua.load(FIND).set_name(format!("={PRELUDE_NAME}")).call((methods, other))
}
