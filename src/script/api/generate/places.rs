//! Places. All generators with the same index and stream speak of the same place.

use fake::Fake;
use fake::faker::address::en::{BuildingNumber, CityName, CountryName, StateAbbr, StateName, StreetName, ZipCode};

use super::draw::{Seed, drawn};
use super::made::Maker;
use crate::script::args::Args;

pub fn street(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| street_of(seed))
}

pub fn city(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| city_of(seed))
}

pub fn state(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| StateName().fake_with_rng::<String, _>(&mut seed.rng()))
}

pub fn postcode(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| postcode_of(seed))
}

pub fn country(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| CountryName().fake_with_rng::<String, _>(&mut seed.rng()))
}

pub fn address(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| {
        // The abbreviation draws as the name does, from a list in the same order.
        let state: String = StateAbbr().fake_with_rng(&mut seed.of("gen.state").rng());
        format!("{}, {}, {state} {}", street_of(seed), city_of(seed), postcode_of(seed))
    })
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
