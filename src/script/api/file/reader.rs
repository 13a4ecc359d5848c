//! `file.lines` and `file.chunks`: the content piece by piece, so that no file is ever whole in memory.
//!
//! Pieces are read, and decompressed, on a thread that may wait for the disk. Lines are then cut from them without
//! waiting: only every few hundredth call is one that the driver has to resume.

use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use mlua::{Function, Lua, MultiValue, Value};

use super::place::{CHUNK, Place};
use crate::script::error::Thrown;
use crate::script::state::PRELUDE_NAME;
use crate::script::waiting;

/// An iterator over what `take` cuts from memory, which waits in `fill` only when nothing is left there.
const NEXT: &str = "
local take, fill = ...
return function()
  local line = take()
  while line == nil and fill() do line = take() end
  return line
end";

/// The content of a file from its beginning.
struct Content {
    place: Place,
    /// Out of its place while a piece is read; gone at the end, or when a read was given up on the way.
    source: Option<Box<dyn Read + Send>>,
}

impl Content {
    async fn open(place: Place, gzip: bool) -> Result<Self, Thrown> {
        let file = place.apart("read", Place::open).await?;
        let source: Box<dyn Read + Send> = if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        Ok(Self { place, source: Some(source) })
    }

    /// The next piece of at most `size` bytes; empty at the end.
    async fn next(place: &Place, mut source: Box<dyn Read + Send>, size: usize) -> Result<Piece, Thrown> {
        place
            .apart("read", move |_| {
                let mut bytes = Vec::new();
                source.by_ref().take(size as u64).read_to_end(&mut bytes)?;
                Ok(Piece { bytes, source })
            })
            .await
    }
}

struct Piece {
    bytes: Vec<u8>,
    source: Box<dyn Read + Send>,
}

/// A piece of the content, read without holding the cell meanwhile; empty at the end.
async fn piece(content: &RefCell<Content>, size: usize) -> Result<Vec<u8>, Thrown> {
    let (place, source) = {
        let mut content = content.borrow_mut();
        (content.place.clone(), content.source.take())
    };
    let Some(source) = source else { return Ok(Vec::new()) };
    let Piece { bytes, source } = Content::next(&place, source, size).await?;
    if !bytes.is_empty() {
        content.borrow_mut().source = Some(source);
    }
    Ok(bytes)
}

/// An iterator over pieces of at most `size` bytes.
pub(super) async fn chunks(lua: &Lua, place: Place, gzip: bool, size: Option<usize>) -> mlua::Result<Value> {
    let content = Rc::new(RefCell::new(Content::open(place, gzip).await?));
    let size = size.unwrap_or(CHUNK).max(1);
    let next = waiting::function(lua, move |lua, _: MultiValue| {
        let content = content.clone();
        async move {
            let bytes = piece(&content, size).await?;
            if bytes.is_empty() { Ok(Value::Nil) } else { lua.create_string(bytes).map(Value::String) }
        }
    })?;
    Ok(Value::Function(next))
}

/// What was read and not yet handed out.
#[derive(Default)]
struct Unread {
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Unread {
    /// The next line without its end; the last may have none.
    fn line(&mut self) -> Option<&[u8]> {
        let rest = &self.bytes[self.at..];
        let (length, step) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end, end + 1),
            None if self.ended && !rest.is_empty() => (rest.len(), rest.len()),
            None => return None,
        };
        let terminated = step > length;
        let line = &self.bytes[self.at..self.at + length];
        self.at += step;
        Some(if terminated { line.strip_suffix(b"\r").unwrap_or(line) } else { line })
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.drain(..std::mem::take(&mut self.at));
        self.bytes.extend_from_slice(bytes);
        self.ended = bytes.is_empty();
    }
}

/// An iterator over lines, without their ends.
pub(super) async fn lines(lua: &Lua, place: Place, gzip: bool) -> mlua::Result<Value> {
    let content = Rc::new(RefCell::new(Content::open(place, gzip).await?));
    let unread = Rc::new(RefCell::new(Unread::default()));
    let kept = unread.clone();
    let take = lua.create_function(move |lua, _: MultiValue| {
        kept.borrow_mut().line().map(|line| lua.create_string(line)).transpose()
    })?;
    let fill = waiting::function(lua, move |_, _: MultiValue| {
        let (content, unread) = (content.clone(), unread.clone());
        async move {
            if unread.borrow().ended {
                return Ok(false);
            }
            let bytes = piece(&content, CHUNK).await?;
            unread.borrow_mut().add(&bytes);
            Ok(true)
        }
    })?;
    let next: Function = lua.load(NEXT).set_name(format!("={PRELUDE_NAME}")).call((take, fill))?;
    Ok(Value::Function(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of pieces.
    fn cut(pieces: &[&str]) -> Vec<String> {
        let mut unread = Unread::default();
        let mut lines = Vec::new();
        for piece in pieces.iter().chain([&""]) {
            unread.add(piece.as_bytes());
            while let Some(line) = unread.line() {
                lines.push(String::from_utf8(line.to_vec()).unwrap());
            }
        }
        lines
    }

    #[test]
    fn lines_are_the_same_wherever_pieces_end() {
        let text = "one\r\ntwo\n\nlast\r";
        let whole = cut(&[text]);
        assert_eq!(whole, ["one", "two", "", "last\r"]);
        for at in 1..text.len() {
            assert_eq!(cut(&[&text[..at], &text[at..]]), whole, "{at}");
        }
        assert!(cut(&[]).is_empty());
    }
}
