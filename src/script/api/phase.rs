//! `throng.phase`: reading the run's timeline and, for a conductor, moving it.

use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::{Lua, Table, Value};

use crate::plan::load::Stages;
use crate::script::args;
use crate::script::error::Thrown;
use crate::script::host::{Host, Stage};
use crate::script::timeline::Timeline;

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    args::add(lua, &module, "phase.current", |lua, _| {
        let timeline = &Host::of(lua)?.timeline;
        let name = timeline.name(timeline.phase_at(Instant::now()));
        lua.create_string(name).map(Value::String)
    })?;
    args::add(lua, &module, "phase.names", |lua, _| {
        lua.create_sequence_from(Host::of(lua)?.timeline.begun_by(Instant::now())).map(Value::Table)
    })?;
    args::add(lua, &module, "phase.stages", |lua, _| stages(lua).map(Value::Table))?;
    args::add(lua, &module, "phase.begin", |lua, mut args| {
        let name: String = args.req("name")?;
        let host = conducting(lua, "phase.begin")?;
        check(&host.timeline, &name)?;
        host.timeline.begin(&name);
        Ok(Value::Nil)
    })?;
    args::add(lua, &module, "phase.finish", |lua, _| {
        conducting(lua, "phase.finish")?.timeline.finish();
        Ok(Value::Nil)
    })?;
    Ok(module)
}

/// The stages of the first population that has any, as they are played: shorter than written where a suite shortens them.
fn stages(lua: &Lua) -> mlua::Result<Table> {
    let host = Host::of(lua)?;
    let list = lua.create_table()?;
    let add = |duration: Duration, key: &str, level: Value| -> mlua::Result<()> {
        let stage = lua.create_table()?;
        stage.set("duration", duration.as_secs_f64())?;
        stage.set(key, level)?;
        list.push(stage)
    };
    match host.plan.groups.iter().find_map(|group| group.load.stages()) {
        Some(Stages::Users(stages)) => {
            for stage in stages {
                add(stage.duration, "users", Value::Integer(i64::try_from(stage.to).unwrap_or(i64::MAX)))?;
            }
        }
        Some(Stages::Rate(stages)) => {
            for stage in stages {
                add(stage.duration, "rate", Value::Number(stage.to.as_per_second()))?;
            }
        }
        None => {}
    }
    Ok(list)
}

/// The host, if a load is running whose timeline can be moved.
fn conducting(lua: &Lua, function: &str) -> Result<Rc<Host>, Thrown> {
    let host = Host::of(lua)?;
    if host.stage.get() == Stage::Running {
        return Ok(host);
    }
    Err(Thrown::misuse_with(
        format!("`{function}` moves the timeline of a running load"),
        "call it in a persona, for example one with `users = 1` that conducts the others",
    ))
}

/// Refuses names that thresholds could not speak of, and the phases that the run itself begins.
fn check(timeline: &Timeline, name: &str) -> Result<(), Thrown> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(Thrown::misuse(format!(
            "`phase.begin`: `{name}` is not a name: use letters, digits, `_`, `-` and `.`"
        )));
    }
    if timeline.is_taken(name) {
        return Err(Thrown::misuse(format!("`phase.begin`: the phase `{name}` is begun by the run itself")));
    }
    Ok(())
}
