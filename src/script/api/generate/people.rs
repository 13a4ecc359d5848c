//! People and where they work. All generators with the same index and stream speak of the same person.

use fake::Fake;
use fake::faker::company::en::CompanyName;
use fake::faker::job::en::Title;
use fake::faker::name::en::{FirstName, LastName};
use rand::RngExt;

use super::draw::{Seed, drawn};
use super::made::Maker;
use crate::script::args::Args;

pub fn first_name(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| first(seed))
}

pub fn last_name(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| last(seed))
}

pub fn full_name(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| format!("{} {}", first(seed), last(seed)))
}

pub fn user_name(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, handle)
}

pub fn email(args: &mut Args) -> mlua::Result<Maker> {
    // Names that no mail can reach: RFC 2606.
    const HOSTS: [&str; 3] = ["example.com", "example.net", "example.org"];
    drawn(args, |seed, index| {
        let host = HOSTS[seed.rng().random_range(0..HOSTS.len())];
        format!("{}@{host}", handle(seed, index))
    })
}

pub fn phone(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| {
        let mut rng = seed.rng();
        // No subscriber has 555-01xx, and area codes begin with 2 to 9, in the North American plan.
        let (area, line) = (rng.random_range(200..1000), rng.random_range(100..200));
        format!("+1-{area}-555-0{line}")
    })
}

pub fn job(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| Title().fake_with_rng::<String, _>(&mut seed.rng()))
}

pub fn company(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| CompanyName().fake_with_rng::<String, _>(&mut seed.rng()))
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
