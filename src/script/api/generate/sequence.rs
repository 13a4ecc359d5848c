//! Numbers that are given out once over all workers.

use std::sync::atomic::Ordering;

use mlua::{Lua, Table, UserData, UserDataMethods, Value};

use crate::script::args;
use crate::script::host::Host;

/// Adds `gen.sequence`.
pub fn add(lua: &Lua, module: &Table) -> mlua::Result<()> {
    args::add(lua, module, "gen.sequence", |lua, mut args| {
        lua.create_userdata(Sequence(args.req("name")?)).map(Value::UserData)
    })
}

/// A sequence by its name; the number given out last is shared state.
struct Sequence(String);

impl UserData for Sequence {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("next", |lua, this, ()| {
            Ok(Host::of(lua)?.shared.sequence(&this.0).fetch_add(1, Ordering::Relaxed) + 1)
        });
    }
}
