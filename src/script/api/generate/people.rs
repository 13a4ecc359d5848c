//! People and where they work. All generators with the same index and stream speak of the same person.

use fake::Fake;
use fake::faker::company::en::CompanyName;
use fake::faker::job::en::Title;
use fake::faker::name::en::{FirstName, LastName};
use mlua::{Lua, Value};
use rand::RngExt;

use super::draw::{Draw, Seed, string};

pub fn first_name(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, first(draw.seed()?))
}

pub fn last_name(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, last(draw.seed()?))
}

pub fn full_name(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let seed = draw.seed()?;
    string(lua, format!("{} {}", first(seed), last(seed)))
}

pub fn user_name(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let seed = draw.seed()?;
    string(lua, handle(seed, draw.index()))
}

pub fn email(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    // Names that no mail can reach: RFC 2606.
    const HOSTS: [&str; 3] = ["example.com", "example.net", "example.org"];
    let seed = draw.seed()?;
    let host = HOSTS[seed.rng().random_range(0..HOSTS.len())];
    string(lua, format!("{}@{host}", handle(seed, draw.index())))
}

pub fn phone(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let mut rng = draw.seed()?.rng();
    // No subscriber has 555-01xx, and area codes begin with 2 to 9, in the North American plan.
    let (area, line) = (rng.random_range(200..1000), rng.random_range(100..200));
    string(lua, format!("+1-{area}-555-0{line}"))
}

pub fn job(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, Title().fake_with_rng::<String, _>(&mut draw.seed()?.rng()))
}

pub fn company(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, CompanyName().fake_with_rng::<String, _>(&mut draw.seed()?.rng()))
}

fn first(seed: Seed) -> &'static str {
    FirstName().fake_with_rng(&mut seed.of("gen.first_name").rng())
}

fn last(seed: Seed) -> &'static str {
    LastName().fake_with_rng(&mut seed.of("gen.last_name").rng())
}

/// A name in lower-case letters that no other index has.
fn handle(seed: Seed, index: i64) -> String {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    format!("{}.{}.{index}", plain(first(seed)), plain(last(seed)))
}
