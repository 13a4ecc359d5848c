//! Numbers, dates, identifiers, choices.

use jiff::civil::{Date, date as civil};
use jiff::{Timestamp, ToSpan};
use mlua::{Lua, Table, Value};
use rand::{Rng, RngExt};

use super::draw::{Draw, string};
use crate::script::error::Thrown;

pub fn uuid(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let mut bytes = [0; 16];
    draw.seed()?.rng().fill_bytes(&mut bytes);
    string(lua, uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

/// The days among which dates are drawn unless the call says otherwise.
const FIRST_DAY: Date = civil(2000, 1, 1);
const LAST_DAY: Date = civil(2024, 12, 31);

pub fn date(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let from = day(&mut draw, "from", FIRST_DAY)?;
    let to = day(&mut draw, "to", LAST_DAY)?;
    let days = from.until(to).map_or(-1, |span| i64::from(span.get_days()));
    if days < 0 {
        return Err(draw.args.misuse("to", &format!("{to} is before {from}")).into());
    }
    let days = draw.seed()?.rng().random_range(0..=days);
    string(lua, from.saturating_add(days.days()).to_string())
}

pub fn timestamp(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let from = moment(&mut draw, "from", FIRST_DAY)?;
    let to = moment(&mut draw, "to", LAST_DAY)?;
    if to < from {
        return Err(draw.args.misuse("to", &format!("{to} is before {from}")).into());
    }
    let millisecond = draw.seed()?.rng().random_range(from.as_millisecond()..=to.as_millisecond());
    let moment = Timestamp::from_millisecond(millisecond).map_err(mlua::Error::external)?;
    string(lua, format!("{moment:.3}"))
}

pub fn integer(_: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let (low, high) = (draw.args.req::<i64>("low")?, draw.args.req::<i64>("high")?);
    if low > high {
        return Err(draw.args.misuse("high", &format!("{high} is below {low}")).into());
    }
    Ok(Value::Integer(draw.seed()?.rng().random_range(low..=high)))
}

pub fn number(_: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let (low, high) = (draw.args.req::<f64>("low")?, draw.args.req::<f64>("high")?);
    if !(low <= high && (high - low).is_finite()) {
        return Err(draw.args.misuse("high", &format!("{low} to {high} is not a range")).into());
    }
    Ok(Value::Number(low + draw.seed()?.rng().random::<f64>() * (high - low)))
}

pub fn bool(_: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let chance = draw.args.opt::<f64>("chance")?.unwrap_or(0.5);
    Ok(Value::Boolean(draw.seed()?.rng().random::<f64>() < chance))
}

pub fn choice(_: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let list: Table = draw.args.req("list")?;
    let length = list.len()?;
    if length < 1 {
        return Err(draw.args.misuse("list", "the list is empty").into());
    }
    list.get(draw.seed()?.rng().random_range(1..=length))
}

pub fn hash(_: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    Ok(Value::Integer(draw.seed()?.bits() as i64))
}

fn day(draw: &mut Draw, name: &str, default: Date) -> Result<Date, Thrown> {
    let Some(text) = draw.args.opt::<String>(name)? else { return Ok(default) };
    text.parse().map_err(|_| draw.args.misuse(name, &format!("`{text}` is not a date such as `2024-02-29`")))
}

/// A moment given as such, or as the beginning of a day.
fn moment(draw: &mut Draw, name: &str, default: Date) -> Result<Timestamp, Thrown> {
    let start = |day: Date| day.at(0, 0, 0, 0).in_tz("UTC").map(|zoned| zoned.timestamp());
    let Some(text) = draw.args.opt::<String>(name)? else {
        return start(default).map_err(|error| Thrown::misuse(error.to_string()));
    };
    text.parse::<Timestamp>().or_else(|_| text.parse::<Date>().and_then(start)).map_err(|_| {
        draw.args.misuse(name, &format!("`{text}` is neither a date nor a time such as `2024-02-29T12:00:00Z`"))
    })
}
