//! `throng.time`: the time of day, stretches of time, sleeping.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use mlua::{Lua, Table, Value};

use crate::script::args::{self, Args};
use crate::script::host::Host;

/// What `time.monotonic` counts from: the same in every worker, so that readings can be compared.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    args::add(lua, &module, "time.now", |_, _| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Value::Number(since.as_secs_f64()))
    })?;
    args::add(lua, &module, "time.monotonic", |_, _| Ok(Value::Number(monotonic())))?;
    args::add(lua, &module, "time.elapsed", |_, mut args| Ok(Value::Number(monotonic() - args.req::<f64>("since")?)))?;
    args::add(lua, &module, "time.ms", |_, mut args| Ok(Value::Number(args.req::<f64>("n")? / 1e3)))?;
    args::add(lua, &module, "time.s", |_, mut args| Ok(Value::Number(args.req::<f64>("n")?)))?;
    args::add(lua, &module, "time.minutes", |_, mut args| Ok(Value::Number(args.req::<f64>("n")? * 60.0)))?;
    args::add(lua, &module, "time.parse", |_, mut args| {
        Ok(Value::Number(args.req::<Duration>("duration")?.as_secs_f64()))
    })?;
    args::add(lua, &module, "time.format", |lua, args| lua.create_string(format(args)?).map(Value::String))?;
    args::add_async(lua, &module, "time.sleep", |lua, mut args| async move {
        let duration = args.req("duration")?;
        Host::of(&lua)?.clock.sleep(duration).await;
        Ok(Value::Nil)
    })?;
    Ok(module)
}

fn monotonic() -> f64 {
    ORIGIN.elapsed().as_secs_f64()
}

/// A time of day in UTC, as ISO 8601 with milliseconds or by a pattern of `strftime`.
fn format(mut args: Args) -> mlua::Result<String> {
    let seconds: f64 = args.req("timestamp")?;
    let pattern: Option<String> = args.opt("pattern")?;
    // Beyond these the cast would wrap into a valid time.
    let micros = if seconds.abs() < 1e12 { (seconds * 1e6).round() as i64 } else { i64::MAX };
    let moment =
        Timestamp::from_microsecond(micros).map_err(|_| args.misuse("timestamp", "the years go from -9999 to 9999"))?;
    match pattern.as_deref() {
        None | Some("iso") => Ok(format!("{moment:.3}")),
        Some(pattern) => jiff::fmt::strtime::format(pattern, &moment.to_zoned(jiff::tz::TimeZone::UTC))
            .map_err(|error| args.misuse("pattern", &error.to_string()).into()),
    }
}
