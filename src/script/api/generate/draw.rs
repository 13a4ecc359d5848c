//! Where the randomness of a generator comes from: its name, its stream, an index.

use mlua::Value;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::made::{Made, Maker};
use crate::script::api::hash::fnv1a64;
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::fields::describe;

/// The maker that draws from the seed of each index. What is left of the arguments is the stream.
pub fn drawn<M: Into<Made>>(args: &mut Args, make: impl Fn(Seed, i64) -> M + 'static) -> mlua::Result<Maker> {
    let seeds = Seeds::read(args)?;
    Ok(Box::new(move |index| Ok(make(seeds.at(index), index).into())))
}

/// The seeds of a generator by index.
#[derive(Clone, Copy)]
pub struct Seeds {
    name: &'static str,
    stream: u64,
}

impl Seeds {
    /// Takes the last argument, the stream.
    pub fn read(args: &mut Args) -> Result<Self, Thrown> {
        let stream = match args.value() {
            Value::Nil => 0,
            Value::Integer(number) => mix(number as u64 ^ 1),
            Value::String(name) => mix(fnv1a64(&name.as_bytes())),
            other => return Err(args.wrong("stream", "a string or a whole number", &describe(&other))),
        };
        Ok(Self { name: args.function(), stream })
    }

    /// The seed of one index.
    pub fn at(self, index: i64) -> Seed {
        Seed { name: self.name, base: mix(self.stream ^ mix(index as u64)) }
    }

    /// A seed that is the same for every index.
    pub fn of_stream(self) -> Seed {
        Seed { name: self.name, base: mix(self.stream) }
    }
}

/// Where the randomness of a call comes from.
#[derive(Clone, Copy)]
pub struct Seed {
    name: &'static str,
    base: u64,
}

impl Seed {
    /// 64 random bits of the call.
    pub fn bits(self) -> u64 {
        mix(self.base ^ fnv1a64(self.name.as_bytes()))
    }

    /// A random stream of the call.
    pub fn rng(self) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(self.bits())
    }

    /// What generator `name` would have with the same index and stream: an email agrees with its person's name.
    pub fn of(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

/// The finaliser of SplitMix64, a bijection: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014.
pub fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
