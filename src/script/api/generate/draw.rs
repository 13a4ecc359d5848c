//! One call of a generator: its index, its stream, and the randomness that follows from them.

use mlua::{Lua, Value};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::script::api::hash::fnv1a64;
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::fields::describe;

/// A call under way. Arguments of a generator's own stand between the index and the stream.
pub struct Draw {
    /// The arguments behind the index.
    pub args: Args,
    name: &'static str,
    index: i64,
}

impl Draw {
    /// A call of generator `name`.
    pub fn new(name: &'static str, mut args: Args) -> Result<Self, Thrown> {
        let index = args.req("index")?;
        Ok(Self { args, name, index })
    }

    /// The index.
    pub fn index(&self) -> i64 {
        self.index
    }

    /// Takes the last argument, the stream, and fixes what the call's randomness comes from.
    pub fn seed(&mut self) -> Result<Seed, Thrown> {
        Ok(Seed { name: self.name, base: mix(self.stream()? ^ mix(self.index as u64)) })
    }

    /// As [`Draw::seed`], but the same for every index.
    pub fn seed_of_stream(&mut self) -> Result<Seed, Thrown> {
        Ok(Seed { name: self.name, base: mix(self.stream()?) })
    }

    fn stream(&mut self) -> Result<u64, Thrown> {
        match self.args.value() {
            Value::Nil => Ok(0),
            Value::Integer(number) => Ok(mix(number as u64 ^ 1)),
            Value::String(name) => Ok(mix(fnv1a64(&name.as_bytes()))),
            other => Err(self.args.wrong("stream", "a string or a whole number", &describe(&other))),
        }
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

/// A text as a Lua value.
pub fn string(lua: &Lua, text: impl AsRef<[u8]>) -> mlua::Result<Value> {
    lua.create_string(text).map(Value::String)
}
