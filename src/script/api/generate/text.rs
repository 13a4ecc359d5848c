//! Words and bytes.

use fake::Fake;
use fake::faker::lorem::en::{Paragraph, Sentence, Word};
use rand::Rng;

use super::draw::drawn;
use super::made::Maker;
use crate::script::args::Args;
use crate::script::error::Thrown;

/// The longest text or byte string, in bytes: more would be a slip of the pen, and escape the limit on memory.
const MAX_LENGTH: u64 = 256 << 20;

/// The most words of one text: none has more than 14 letters, so that with the space behind it they stay below that length.
const MAX_WORDS: u64 = MAX_LENGTH / 16;

pub fn word(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| Word().fake_with_rng::<&str, _>(&mut seed.rng()))
}

pub fn words(args: &mut Args) -> mlua::Result<Maker> {
    let count = limited(args, "count", MAX_WORDS)?;
    drawn(args, move |seed, _| {
        let mut rng = seed.rng();
        let mut text = String::new();
        for _ in 0..count {
            push_word(&mut text, &mut rng);
        }
        text
    })
}

pub fn sentence(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| Sentence(5..15).fake_with_rng::<String, _>(&mut seed.rng()))
}

pub fn paragraph(args: &mut Args) -> mlua::Result<Maker> {
    drawn(args, |seed, _| Paragraph(3..7).fake_with_rng::<String, _>(&mut seed.rng()).replace('\n', " "))
}

pub fn text(args: &mut Args) -> mlua::Result<Maker> {
    let length = limited(args, "length", MAX_LENGTH)?;
    drawn(args, move |seed, _| {
        let mut rng = seed.rng();
        let mut text = String::with_capacity(length + 16);
        while text.len() < length {
            push_word(&mut text, &mut rng);
        }
        // The words are ASCII, so that every length is a boundary.
        text.truncate(length);
        text
    })
}

pub fn bytes(args: &mut Args) -> mlua::Result<Maker> {
    let length = limited(args, "length", MAX_LENGTH)?;
    drawn(args, move |seed, _| {
        let mut bytes = vec![0; length];
        seed.rng().fill_bytes(&mut bytes);
        bytes
    })
}

/// Adds a word to a text, behind a space if it is not the first.
fn push_word(text: &mut String, rng: &mut impl Rng) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(Word().fake_with_rng(rng));
}

fn limited(args: &mut Args, name: &str, most: u64) -> Result<usize, Thrown> {
    let number: u64 = args.req(name)?;
    if number > most {
        return Err(args.misuse(name, &format!("`{number}` is above the limit of {most}")));
    }
    Ok(number as usize)
}
