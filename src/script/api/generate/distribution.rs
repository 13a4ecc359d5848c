//! Numbers by a distribution, drawn from a user's own random stream.

use mlua::{Lua, MultiValue, Table, UserData, UserDataMethods, Value};
use rand::RngExt;
use rand_distr::{Exp1, StandardNormal, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::random::Random;

type Constructor = fn(Args) -> mlua::Result<Distribution>;

/// Adds the distributions to the module.
pub fn add(lua: &Lua, module: &Table) -> mlua::Result<()> {
    let constructors: [(&'static str, Constructor); 5] = [
        ("gen.uniform", uniform),
        ("gen.normal", normal),
        ("gen.exponential", exponential),
        ("gen.zipf", zipf),
        ("gen.hot_set", hot_set),
    ];
    for (name, make) in constructors {
        args::add(lua, module, name, move |lua, args| lua.create_userdata(make(args)?).map(Value::UserData))?;
    }
    Ok(())
}

/// A distribution with its parameters.
enum Distribution {
    /// Whole numbers, both ends included.
    Integers(i64, i64),
    /// Numbers from the first up to the second.
    Numbers(f64, f64),
    /// Bell-shaped, held within bounds.
    Normal { mean: f64, deviation: f64, min: f64, max: f64 },
    /// With this mean.
    Exponential(f64),
    /// Ranks from 1.
    Zipf(Zipf<f64>),
    /// 1 to `count`, of which the first `hot` are drawn with probability `chance`.
    HotSet { count: i64, hot: i64, chance: f64 },
}

impl UserData for Distribution {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("sample", |_, this, values: MultiValue| {
            let mut args = Args::new("distribution:sample", values);
            let random = args.value();
            let Some(random) = random.as_userdata().and_then(|object| object.borrow::<Random>().ok()) else {
                return Err(args.wrong("random", "`user.random`", &describe(&random)).into());
            };
            Ok(this.sample(&mut random.stream().borrow_mut().0))
        });
    }
}

impl Distribution {
    fn sample(&self, rng: &mut Xoshiro256PlusPlus) -> Value {
        match self {
            Self::Integers(low, high) => Value::Integer(rng.random_range(*low..=*high)),
            Self::Numbers(low, high) => Value::Number(low + rng.random::<f64>() * (high - low)),
            Self::Normal { mean, deviation, min, max } => {
                let z: f64 = rng.sample(StandardNormal);
                Value::Number((mean + z * deviation).clamp(*min, *max))
            }
            Self::Exponential(mean) => Value::Number(mean * rng.sample::<f64, _>(Exp1)),
            Self::Zipf(ranks) => Value::Integer(rng.sample(ranks) as i64),
            Self::HotSet { count, hot, chance } => {
                let is_hot = hot == count || rng.random::<f64>() < *chance;
                Value::Integer(rng.random_range(if is_hot { 1..=*hot } else { hot + 1..=*count }))
            }
        }
    }
}

fn uniform(mut args: Args) -> mlua::Result<Distribution> {
    let (low, high) = (args.req::<Value>("low")?, args.req::<Value>("high")?);
    if let (Value::Integer(low), Value::Integer(high)) = (&low, &high) {
        return match low <= high {
            true => Ok(Distribution::Integers(*low, *high)),
            false => Err(args.misuse("high", &format!("{high} is below {low}")).into()),
        };
    }
    let number = |name, value: &Value| {
        value
            .as_number()
            .or(value.as_integer().map(|whole| whole as f64))
            .ok_or_else(|| args.wrong(name, "a number", &describe(value)))
    };
    let (low, high) = (number("low", &low)?, number("high", &high)?);
    if !(low <= high && (high - low).is_finite()) {
        return Err(args.misuse("high", &format!("{low} to {high} is not a range")).into());
    }
    Ok(Distribution::Numbers(low, high))
}

fn normal(mut args: Args) -> mlua::Result<Distribution> {
    let mean = finite(&mut args, "mean")?;
    let deviation = positive(&mut args, "deviation")?;
    let mut options = args.options()?;
    let min = options.opt("min")?.unwrap_or(f64::NEG_INFINITY);
    let max = options.opt("max")?.unwrap_or(f64::INFINITY);
    options.finish()?;
    if min.is_nan() || max.is_nan() || min > max {
        return Err(args.misuse("options", &format!("{min} to {max} is not a range")).into());
    }
    Ok(Distribution::Normal { mean, deviation, min, max })
}

fn exponential(mut args: Args) -> mlua::Result<Distribution> {
    Ok(Distribution::Exponential(positive(&mut args, "mean")?))
}

fn zipf(mut args: Args) -> mlua::Result<Distribution> {
    let count = count(&mut args)?;
    let exponent = positive(&mut args, "exponent")?;
    let ranks = Zipf::new(count as f64, exponent).map_err(|error| args.misuse("exponent", &error.to_string()))?;
    Ok(Distribution::Zipf(ranks))
}

fn hot_set(mut args: Args) -> mlua::Result<Distribution> {
    let count = count(&mut args)?;
    let share = part(&mut args, "share")?;
    let chance = part(&mut args, "chance")?;
    let hot = ((count as f64 * share).ceil() as i64).clamp(1, count);
    Ok(Distribution::HotSet { count, hot, chance })
}

fn count(args: &mut Args) -> Result<i64, Thrown> {
    let count: i64 = args.req("count")?;
    if count < 1 {
        return Err(args.misuse("count", &format!("expected 1 or more, got `{count}`")));
    }
    Ok(count)
}

fn finite(args: &mut Args, name: &str) -> Result<f64, Thrown> {
    let number: f64 = args.req(name)?;
    if !number.is_finite() {
        return Err(args.misuse(name, &format!("`{number}` is not a number to draw around")));
    }
    Ok(number)
}

fn positive(args: &mut Args, name: &str) -> Result<f64, Thrown> {
    let number = finite(args, name)?;
    if number < 0.0 {
        return Err(args.misuse(name, &format!("`{number}` is negative")));
    }
    Ok(number)
}

/// A part of a whole, from 0 to 1.
fn part(args: &mut Args, name: &str) -> Result<f64, Thrown> {
    let number: f64 = args.req(name)?;
    if !(0.0..=1.0).contains(&number) {
        return Err(args.misuse(name, &format!("expected a number from 0 to 1, got `{number}`")));
    }
    Ok(number)
}
