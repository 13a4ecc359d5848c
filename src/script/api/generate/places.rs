//! Places. All generators with the same index and stream speak of the same place.

use fake::Fake;
use fake::faker::address::en::{BuildingNumber, CityName, CountryName, StateAbbr, StateName, StreetName, ZipCode};
use mlua::{Lua, Value};

use super::draw::{Draw, Seed, string};

pub fn street(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, street_of(draw.seed()?))
}

pub fn city(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, city_of(draw.seed()?))
}

pub fn state(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, StateName().fake_with_rng::<String, _>(&mut draw.seed()?.rng()))
}

pub fn postcode(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, postcode_of(draw.seed()?))
}

pub fn country(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, CountryName().fake_with_rng::<String, _>(&mut draw.seed()?.rng()))
}

pub fn address(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let seed = draw.seed()?;
    // The abbreviation draws as the name does, from a list in the same order.
    let state: String = StateAbbr().fake_with_rng(&mut seed.of("gen.state").rng());
    string(lua, format!("{}, {}, {state} {}", street_of(seed), city_of(seed), postcode_of(seed)))
}

fn street_of(seed: Seed) -> String {
    let mut rng = seed.of("gen.street").rng();
    let number: String = BuildingNumber().fake_with_rng(&mut rng);
    let name: String = StreetName().fake_with_rng(&mut rng);
    format!("{number} {name}")
}

fn city_of(seed: Seed) -> String {
    CityName().fake_with_rng(&mut seed.of("gen.city").rng())
}

fn postcode_of(seed: Seed) -> String {
    ZipCode().fake_with_rng(&mut seed.of("gen.postcode").rng())
}
