//! Words and bytes.

use fake::Fake;
use fake::faker::lorem::en::{Paragraph, Sentence, Word};
use mlua::{Lua, Value};
use rand::Rng;

use super::draw::{Draw, string};
use crate::script::error::Thrown;

/// The longest text or byte string, in bytes: more would be a slip of the pen, and escape the limit on memory.
const MAX_LENGTH: u64 = 256 << 20;

pub fn word(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, Word().fake_with_rng::<&str, _>(&mut draw.seed()?.rng()))
}

pub fn words(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let count = limited(&mut draw, "count")?;
    let mut rng = draw.seed()?.rng();
    let words: Vec<&str> = (0..count).map(|_| Word().fake_with_rng(&mut rng)).collect();
    string(lua, words.join(" "))
}

pub fn sentence(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, Sentence(5..15).fake_with_rng::<String, _>(&mut draw.seed()?.rng()))
}

pub fn paragraph(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    string(lua, Paragraph(3..7).fake_with_rng::<String, _>(&mut draw.seed()?.rng()).replace('\n', " "))
}

pub fn text(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let length = limited(&mut draw, "length")?;
    let mut rng = draw.seed()?.rng();
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(Word().fake_with_rng(&mut rng));
    }
    // The words are ASCII, so that every length is a boundary.
    string(lua, &text.as_bytes()[..length])
}

pub fn bytes(lua: &Lua, mut draw: Draw) -> mlua::Result<Value> {
    let mut bytes = vec![0; limited(&mut draw, "length")?];
    draw.seed()?.rng().fill_bytes(&mut bytes);
    string(lua, bytes)
}

fn limited(draw: &mut Draw, name: &str) -> Result<usize, Thrown> {
    let number: u64 = draw.args.req(name)?;
    if number > MAX_LENGTH {
        return Err(draw.args.misuse(name, &format!("`{number}` is above the limit of {MAX_LENGTH}")));
    }
    Ok(number as usize)
}
