//! Numbers, dates, identifiers, choices.

use jiff::civil::{Date, date as civil};
use jiff::{Timestamp, ToSpan};
use mlua::Table;
use rand::{Rng, RngExt};

use super::draw::{Seeds, drawn};
use super::made::{Made, Maker};
use crate::script::args::Args;
use crate::script::error::Thrown;

pub fn uuid(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| {
        let mut bytes = [0; 16];
        seed.rng().fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    })
}

/// The days among which dates are drawn unless the call says otherwise.
const FIRST_DAY: Date = civil(2000, 1, 1);
const LAST_DAY: Date = civil(2024, 12, 31);

pub fn date(args: &mut Args) -> mlua::Result<Maker> {
    let from = day(args, "from", FIRST_DAY)?;
    let to = day(args, "to", LAST_DAY)?;
    let days = from.until(to).map_or(-1, |span| i64::from(span.get_days()));
    if days < 0 {
        return Err(args.misuse("to", &format!("{to} is before {from}")).into());
    }
    drawn(args, move |seed, _| from.saturating_add(seed.rng().random_range(0..=days).days()).to_string())
}

pub fn timestamp(args: &mut Args) -> mlua::Result<Maker> {
    let from = moment(args, "from", FIRST_DAY)?;
    let to = moment(args, "to", LAST_DAY)?;
    if to < from {
        return Err(args.misuse("to", &format!("{to} is before {from}")).into());
    }
    let seeds = Seeds::read(args)?;
    Ok(Box::new(move |index| {
        let millisecond = seeds.at(index).rng().random_range(from.as_millisecond()..=to.as_millisecond());
        let moment = Timestamp::from_millisecond(millisecond).map_err(mlua::Error::external)?;
        Ok(format!("{moment:.3}").into())
    }))
}

pub fn integer(args: &mut Args) -> mlua::Result<Maker> {
    let (low, high) = (args.req::<i64>("low")?, args.req::<i64>("high")?);
    if low > high {
        return Err(args.misuse("high", &format!("{high} is below {low}")).into());
    }
    drawn(args, move |seed, _| seed.rng().random_range(low..=high))
}

pub fn number(args: &mut Args) -> mlua::Result<Maker> {
    let (low, high) = (args.req::<f64>("low")?, args.req::<f64>("high")?);
    if !(low <= high && (high - low).is_finite()) {
        return Err(args.misuse("high", &format!("{low} to {high} is not a range")).into());
    }
    drawn(args, move |seed, _| low + seed.rng().random::<f64>() * (high - low))
}

pub fn bool(args: &mut Args) -> mlua::Result<Maker> {
    let chance = args.opt::<f64>("chance")?.unwrap_or(0.5);
    drawn(args, move |seed, _| seed.rng().random::<f64>() < chance)
}

pub fn choice(args: &mut Args) -> mlua::Result<Maker> {
    let list: Table = args.req("list")?;
    let length = list.len()?;
    if length < 1 {
        return Err(args.misuse("list", "the list is empty").into());
    }
    let seeds = Seeds::read(args)?;
    Ok(Box::new(move |index| list.get(seeds.at(index).rng().random_range(1..=length)).map(Made::Lua)))
}

pub fn hash(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| seed.bits() as i64)
}

fn day(args: &mut Args, name: &str, default: Date) -> Result<Date, Thrown> {
    let Some(text) = args.opt::<String>(name)? else { return Ok(default) };
    text.parse().map_err(|_| args.misuse(name, &format!("`{text}` is not a date such as `2024-02-29`")))
}

/// A moment given as such, or as the beginning of a day.
fn moment(args: &mut Args, name: &str, default: Date) -> Result<Timestamp, Thrown> {
    let start = |day: Date| day.at(0, 0, 0, 0).in_tz("UTC").map(|zoned| zoned.timestamp());
    let Some(text) = args.opt::<String>(name)? else {
        return start(default).map_err(|error| Thrown::misuse(error.to_string()));
    };
    text.parse::<Timestamp>().or_else(|_| text.parse::<Date>().and_then(start)).map_err(|_| {
        args.misuse(name, &format!("`{text}` is neither a date nor a time such as `2024-02-29T12:00:00Z`"))
    })
}
