//! A user's own stream of random numbers, and `user.random` over it.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use mlua::{Lua, MultiValue, Table, UserData, UserDataMethods, Value};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use sha2::{Digest, Sha256};

use super::args::Args;
use super::error::Thrown;
use super::read_only::behind;
use super::user::User;
use crate::plan::Think;

/// A stream that depends on the run's seed and on what it is for, never on the worker.
#[derive(Debug, Clone)]
pub struct Stream(pub Xoshiro256PlusPlus);

impl Stream {
    /// The base of all streams of one persona in one group of a scenario.
    pub fn base(seed: u64, scenario: &str, group: u32, persona: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(group.to_le_bytes());
        for text in [scenario, persona] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        let digest = hash.finalize();
        u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
    }

    /// The stream of user or arrival `number` of a base.
    pub fn numbered(base: u64, number: u64) -> Self {
        // Seeding expands the 64 bits by SplitMix64, so that neighbouring numbers give unrelated streams.
        Self(Xoshiro256PlusPlus::seed_from_u64(base ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }
}

impl Stream {
    /// Draws how long to think.
    pub fn think(&mut self, think: &Think) -> Duration {
        match think {
            Think::None => Duration::ZERO,
            Think::Fixed(time) => *time,
            Think::Uniform(low, high) => *low + (*high - *low).mul_f64(self.0.random::<f64>()),
            Think::Exponential(mean) => mean.mul_f64(self.0.sample::<f64, _>(rand_distr::Exp1)),
            Think::Normal(mean, deviation) => {
                let z: f64 = self.0.sample(rand_distr::StandardNormal);
                Duration::try_from_secs_f64(mean.as_secs_f64() + z * deviation.as_secs_f64()).unwrap_or(Duration::ZERO)
            }
        }
    }
}

/// `user.random`.
pub struct Random(Rc<User>);

/// Makes the `random` field of a user.
pub fn object(lua: &Lua, user: &Rc<User>) -> mlua::Result<Value> {
    lua.create_userdata(Random(user.clone())).map(Value::UserData)
}

impl Random {
    /// The user whose numbers they are.
    pub(super) fn user(&self) -> &Rc<User> {
        &self.0
    }

    /// The user's stream.
    pub(super) fn stream(&self) -> &RefCell<Stream> {
        &self.0.random
    }
}

impl UserData for Random {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("integer", |_, this, (low, high): (Value, Value)| {
            let range = match (low, high) {
                (Value::Integer(low), Value::Integer(high)) if low <= high => low..=high,
                (low, high) => range(low, high)?,
            };
            Ok(this.stream().borrow_mut().0.random_range(range))
        });
        methods.add_method("number", |_, this, values: MultiValue| {
            let mut args = Args::new("random:number", values);
            let (low, high) = (args.opt("low")?.unwrap_or(0.0), args.opt("high")?.unwrap_or(1.0));
            if !(low <= high && f64::is_finite(high - low)) {
                return Err(args.misuse("high", &format!("{low} to {high} is not a range")).into());
            }
            Ok(low + this.stream().borrow_mut().0.random::<f64>() * (high - low))
        });
        methods.add_method("bool", |_, this, values: MultiValue| {
            let mut args = Args::new("random:bool", values);
            let chance = args.opt("chance")?.unwrap_or(0.5);
            if !(0.0..=1.0).contains(&chance) {
                return Err(args.misuse("chance", &format!("a chance is from 0 to 1, not {chance}")).into());
            }
            Ok(this.stream().borrow_mut().0.random::<f64>() < chance)
        });
        methods.add_method("choice", |_, this, values: MultiValue| {
            let list = behind(&Args::new("random:choice", values).req("list")?);
            let length = list.raw_len();
            if length == 0 {
                return Err(Thrown::misuse("`choice`: the list is empty").into());
            }
            let position = this.stream().borrow_mut().0.random_range(1..=length);
            list.raw_get::<Value>(position)
        });
        methods.add_method("weighted", |_, this, values: MultiValue| {
            weighted(this, &behind(&Args::new("random:weighted", values).req("weights")?))
        });
        methods.add_method("shuffle", |_, this, values: MultiValue| {
            let list: Table = Args::new("random:shuffle", values).req("list")?;
            // Fisher and Yates, from the end.
            for last in (2..=list.raw_len()).rev() {
                let other = this.stream().borrow_mut().0.random_range(1..=last);
                let (a, b): (Value, Value) = (list.raw_get(last)?, list.raw_get(other)?);
                list.raw_set(last, b)?;
                list.raw_set(other, a)?;
            }
            Ok(list)
        });
    }
}

/// A range whose bounds are no Lua integers, or out of order.
fn range(low: Value, high: Value) -> Result<RangeInclusive<i64>, Thrown> {
    let mut args = Args::new("random:integer", MultiValue::from_iter([low, high]));
    let (low, high): (i64, i64) = (args.req("low")?, args.req("high")?);
    if low > high {
        return Err(args.misuse("high", &format!("the lower bound {low} is above the upper bound {high}")));
    }
    Ok(low..=high)
}

/// Picks a key of `{ name = weight, … }`, in the order of the names, so that the order of a Lua table has no say.
fn weighted(random: &Random, weights: &Table) -> mlua::Result<String> {
    let mut pairs: Vec<(String, f64)> = weights.pairs().collect::<mlua::Result<_>>()?;
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let total: f64 = pairs.iter().map(|(_, weight)| weight).sum();
    if pairs.iter().any(|(_, weight)| weight.is_nan() || *weight < 0.0) || !(total > 0.0 && total.is_finite()) {
        return Err(Thrown::misuse("`weighted`: weights must be numbers of 0 or more, and not all 0").into());
    }
    let mut point = random.stream().borrow_mut().0.random::<f64>() * total;
    for (name, weight) in &pairs {
        point -= weight;
        if point < 0.0 {
            return Ok(name.clone());
        }
    }
    // Rounding can leave a sliver past the last weight.
    Ok(pairs.pop().map(|(name, _)| name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(mut stream: Stream) -> u64 {
        stream.0.random()
    }

    #[test]
    fn a_stream_depends_on_seed_scenario_group_persona_and_number_alone() {
        let base = |seed, scenario, group, persona| Stream::base(seed, scenario, group, persona);
        let stream = || Stream::numbered(base(1, "shop", 0, "buyer"), 7);
        assert_eq!(first(stream()), first(stream()));
        let others = [
            (base(2, "shop", 0, "buyer"), 7),
            (base(1, "shop2", 0, "buyer"), 7),
            (base(1, "shop", 1, "buyer"), 7),
            (base(1, "shop", 0, "buyer2"), 7),
            // The same letters, but parted elsewhere.
            (base(1, "shopb", 0, "uyer"), 7),
            (base(1, "shop", 0, "buyer"), 8),
        ];
        for (base, number) in others {
            assert_ne!(first(stream()), first(Stream::numbered(base, number)));
        }
    }

    #[test]
    fn runs_can_be_repeated_in_later_versions() {
        assert_eq!(first(Stream::numbered(Stream::base(1, "shop", 0, "buyer"), 7)), 6_765_885_902_102_471_655);
    }
}
