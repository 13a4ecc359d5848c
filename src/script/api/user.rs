//! The methods of a user: `operation`, `think`, `sleep`, `check`.

use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::{Function, Lua, MultiValue, Table, Value};

use crate::plan::Think;
use crate::plan::nearest::nearest;
use crate::script::args::Args;
use crate::script::cast::users_only;
use crate::script::error::Thrown;
use crate::script::fields::{Mismatch, Named, describe};
use crate::script::host::Host;
use crate::script::operation::play;
use crate::script::user::{User, not_a_user, of_table};
use crate::script::waiting::{self, call};

/// What every user has beside the objects of [`super::USER_FIELDS`].
const FIELDS: &[&str] =
    &["check", "iteration", "number", "operation", "params", "persona", "shared", "sleep", "state", "think"];

/// Makes a table of the methods.
pub(super) fn methods(lua: &Lua) -> mlua::Result<Table> {
    let methods = lua.create_table()?;
    methods.raw_set("operation", waiting::function(lua, operation)?)?;
    methods.raw_set("think", waiting::function(lua, think)?)?;
    methods.raw_set("sleep", waiting::function(lua, sleep)?)?;
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
        Some(needed @ ("http" | "pg" | "redis" | "ws")) => {
            let target = match needed {
                "pg" => "postgres",
                "ws" => "http",
                same => same,
            };
            Err(Thrown::misuse_with(
                format!("`user.{needed}` is missing: the scenario does not need `{target}`"),
                format!("write `needs = {{ \"{target}\" }}`"),
            )
            .into())
        }
        Some(other) => {
            let known = FIELDS.iter().copied().chain(super::USER_FIELDS.iter().map(|field| field.name));
            let message = format!("a user has no field `{other}`");
            Err(match nearest(other, known) {
                Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")),
                None => Thrown::misuse_with(message, "keep own values in `user.state`"),
            }
            .into())
        }
        None => Err(Thrown::misuse(format!("a user has no field for {}", describe(name))).into()),
    }
}

/// The arguments of a method of users, and the user it was called on.
fn called(function: &'static str, values: MultiValue) -> mlua::Result<(Table, Rc<User>, Args)> {
    let mut args = Args::new(function, values);
    let Value::Table(table) = args.value() else { return Err(not_a_user().into()) };
    let user = of_table(&table)?;
    Ok((table, user, args))
}

async fn operation(lua: Lua, values: MultiValue) -> mlua::Result<MultiValue> {
    let host = Host::of(&lua)?;
    let (table, user, mut args) = called("user:operation", values)?;
    if user.is_context() {
        return Err(users_only("operation").into());
    }
    let (name, work): (String, Function) = (args.req("name")?, args.req("work")?);
    let cells = host.operation(user.persona, &name)?;
    let begun = Instant::now();
    let work = call::<MultiValue>(&work, table);
    let (result, ended) = play(&host, &user, &cells, None, begun, work).await;
    host.tell_operation(&user, &name, ended - begun, result.as_ref().err());
    result
}

async fn think(lua: Lua, values: MultiValue) -> mlua::Result<()> {
    let host = Host::of(&lua)?;
    let (_, user, mut args) = called("user:think", values)?;
    if user.is_context() {
        return Err(users_only("think").into());
    }
    let time = match args.value() {
        Value::Nil => host.plan.personas[user.persona].think.clone(),
        Value::String(text) => {
            text.to_string_lossy().parse::<Think>().map_err(|error| args.misuse("time", &error.to_string()))?
        }
        other => Think::Fixed(duration("think", &other)?),
    };
    let time = user.random.borrow_mut().think(&time);
    // Whoever rehearses looks at what is done, not at the pauses between.
    if host.is_traced() {
        return Ok(());
    }
    let wake = Instant::now() + time;
    let end = host.timeline.end().map(|end| host.timeline.origin() + end);
    let until = [user.leaves.get(), end].into_iter().flatten().fold(wake, Instant::min);
    host.clock.pause_until(until).await;
    if until < wake {
        // A flow that goes on all the same must not keep the worker from its other users.
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn sleep(lua: Lua, values: MultiValue) -> mlua::Result<()> {
    let (_, _, mut args) = called("user:sleep", values)?;
    let time = args.req("time")?;
    Host::of(&lua)?.clock.sleep(time).await;
    Ok(())
}

fn check(_: &Lua, values: MultiValue) -> mlua::Result<Value> {
    let (_, _, mut args) = called("user:check", values)?;
    let condition = args.value();
    let message: Option<String> = args.opt("message")?;
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
