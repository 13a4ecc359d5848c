//! The methods of a user: `operation`, `think`, `sleep`, `check`.

use std::time::{Duration, Instant};

use mlua::{Function, Lua, MultiValue, Table, Value};

use crate::plan::Think;
use crate::script::cast::users_only;
use crate::script::error::Thrown;
use crate::script::fields::{Mismatch, Named, describe};
use crate::script::host::Host;
use crate::script::operation::play;
use crate::script::user::of_table;

/// Makes a table of the methods.
pub(super) fn methods(lua: &Lua) -> mlua::Result<Table> {
    let methods = lua.create_table()?;
    methods.raw_set("operation", lua.create_async_function(operation)?)?;
    methods.raw_set("think", lua.create_async_function(think)?)?;
    methods.raw_set("sleep", lua.create_async_function(sleep)?)?;
    methods.raw_set("check", lua.create_function(check)?)?;
    Ok(methods)
}

/// Makes the metatable that all users of a state share.
pub fn metatable(lua: &Lua) -> mlua::Result<Table> {
    let methods = methods(lua)?;
    let index = lua.create_function(move |_, (user, name): (Table, Value)| field(&methods, &user, &name))?;
    let meta = lua.create_table()?;
    meta.raw_set("__index", index)?;
    meta.raw_set(
        "__newindex",
        lua.create_function(|_, (_, name, _): (Table, Value, Value)| -> mlua::Result<()> {
            let name = name.to_string()?;
            Err(Thrown::misuse_with(
                format!("`user.{name}` can't be set"),
                format!("keep own values in `user.state.{name}`"),
            )
            .into())
        })?,
    )?;
    meta.raw_set("__metatable", false)?;
    Ok(meta)
}

/// A method, or what changes as the user plays; anything else is a slip of the pen.
fn field(methods: &Table, user: &Table, name: &Value) -> mlua::Result<Value> {
    let method: Value = methods.raw_get(name.clone())?;
    if !method.is_nil() {
        return Ok(method);
    }
    match name.as_string().map(|name| name.to_string_lossy()).as_deref() {
        Some("iteration") => Ok(Value::Integer(of_table(user)?.iteration.get() as i64)),
        // What setup returned may be nil.
        Some("shared" | "persona") => Ok(Value::Nil),
        Some(needed @ ("pg" | "redis")) => {
            let target = if needed == "pg" { "postgres" } else { "redis" };
            Err(Thrown::misuse_with(
                format!("`user.{needed}` is missing: the scenario does not need `{target}`"),
                format!("write `needs = {{ \"{target}\" }}`"),
            )
            .into())
        }
        _ => Err(Thrown::misuse(format!("a user has no field {}", describe(name))).into()),
    }
}

async fn operation(lua: Lua, (user, name, work): (Table, String, Function)) -> mlua::Result<MultiValue> {
    let host = Host::of(&lua)?;
    let handle = of_table(&user)?;
    if handle.is_context() {
        return Err(users_only("operation").into());
    }
    let cells = host.operation(handle.persona, &name);
    play(&host, &handle, &cells, None, work.call_async::<MultiValue>(user)).await
}

async fn think(lua: Lua, (user, time): (Table, Value)) -> mlua::Result<()> {
    let host = Host::of(&lua)?;
    let handle = of_table(&user)?;
    if handle.is_context() {
        return Err(users_only("think").into());
    }
    let time = match &time {
        Value::Nil => host.plan.personas[handle.persona].think.clone(),
        Value::String(text) => {
            text.to_string_lossy().parse::<Think>().map_err(|error| Thrown::misuse(format!("`think`: {error}")))?
        }
        other => Think::Fixed(duration("think", other)?),
    };
    let time = handle.random.borrow_mut().think(&time);
    host.clock.pause_until(Instant::now() + time).await;
    Ok(())
}

async fn sleep(lua: Lua, (_, time): (Table, Value)) -> mlua::Result<()> {
    let host = Host::of(&lua)?;
    host.clock.sleep(duration("sleep", &time)?).await;
    Ok(())
}

fn check(_: &Lua, (_, condition, message): (Table, Value, Option<String>)) -> mlua::Result<Value> {
    if matches!(condition, Value::Nil | Value::Boolean(false)) {
        return Err(Thrown::Check(message.unwrap_or_else(|| "a check failed".to_owned())).into());
    }
    Ok(condition)
}

/// A duration that a script passed as an argument.
pub fn duration(function: &str, value: &Value) -> Result<Duration, Thrown> {
    Duration::named(value.clone()).map_err(|reason| match reason {
        Mismatch::Type => {
            Thrown::misuse(format!("`{function}`: expected {}, got {}", Duration::EXPECTED, describe(value)))
        }
        Mismatch::Content(reason) => Thrown::misuse(format!("`{function}`: {reason}")),
    })
}
