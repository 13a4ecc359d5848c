//! `multipart`: forms with files (RFC 7578), which need not be in memory.

use mlua::{LuaString, Table, Value};

use super::body::{owned, text};
use super::options::Size;
use crate::drivers::http::Payload;
use crate::drivers::http::header::HeaderValue;
use crate::script::error::Thrown;
use crate::script::fields::{Fields, describe};

/// Reads a list of parts, or values by name, into a body and its type.
pub(super) fn read(table: &Table) -> Result<(Payload, HeaderValue), Thrown> {
    // Its chance of standing in a part by accident is none.
    let boundary = format!("throng-{}", uuid::Uuid::new_v4().simple());
    let mut payload = Payload::default();
    for (place, part) in parts(table)?.iter().enumerate() {
        part.write(&boundary, place == 0, &mut payload);
    }
    payload.push(format!("\r\n--{boundary}--\r\n").into_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
    Ok((payload, content_type.map_err(|error| Thrown::misuse(error.to_string()))?))
}

/// One part of a form.
struct Part {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    content: Content,
}

enum Content {
    Bytes(Vec<u8>),
    /// So many bytes made up on the way.
    Noise(u64),
}

/// The parts in their order; those by name come in the order of the names.
fn parts(table: &Table) -> Result<Vec<Part>, Thrown> {
    let mut named = Vec::new();
    let mut listed = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| Thrown::misuse(format!("`multipart`: {error}")))?;
        match (&key, value) {
            (Value::Integer(place), Value::Table(part)) => listed.push((*place, Part::read(part)?)),
            (Value::String(name), value) => {
                let name = name.to_string_lossy();
                let content = Content::Bytes(text(&value, "multipart", &name)?.into_bytes());
                named.push(Part { name, filename: None, content_type: None, content });
            }
            (_, value) => {
                return Err(Thrown::misuse(format!(
                    "`multipart`: expected a list of parts, or values by name, got {}",
                    describe(&value)
                )));
            }
        }
    }
    listed.sort_by_key(|(place, _)| *place);
    named.sort_by(|one: &Part, other| one.name.cmp(&other.name));
    Ok(named.into_iter().chain(listed.into_iter().map(|(_, part)| part)).collect())
}

impl Part {
    fn read(table: Table) -> Result<Self, Thrown> {
        let mut fields = Fields::new(table, "multipart[]");
        let name = fields.req("name")?;
        let filename = fields.opt("filename")?;
        let content_type: Option<String> = fields.opt("type")?;
        let body: Option<LuaString> = fields.opt("body")?;
        let size: Option<Size> = fields.opt("size")?;
        fields.finish()?;
        let content = match (body, size) {
            (Some(body), None) => Content::Bytes(owned(&body)),
            (None, Some(Size(size))) => Content::Noise(size),
            _ => return Err(Thrown::misuse("a part of `multipart` has either a `body` or a `size`")),
        };
        if content_type.as_ref().is_some_and(|text| HeaderValue::try_from(text.as_str()).is_err()) {
            return Err(Thrown::misuse("the `type` of a part of `multipart` can't be a header"));
        }
        Ok(Self { name, filename, content_type, content })
    }

    fn write(&self, boundary: &str, is_first: bool, payload: &mut Payload) {
        let mut head = format!(
            "{}--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            if is_first { "" } else { "\r\n" },
            quoted(&self.name)
        );
        if let Some(filename) = &self.filename {
            head += &format!("; filename=\"{}\"", quoted(filename));
        }
        let content_type = self.content_type.as_deref().or(self.filename.as_ref().map(|_| "application/octet-stream"));
        if let Some(content_type) = content_type {
            head += &format!("\r\nContent-Type: {content_type}");
        }
        payload.push((head + "\r\n\r\n").into_bytes());
        match &self.content {
            Content::Bytes(bytes) => payload.push(bytes.clone()),
            Content::Noise(size) => payload.push_noise(*size),
        }
    }
}

/// A name as browsers write it: what would end it is escaped.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use mlua::Lua;

    use super::*;

    #[test]
    fn parts_come_in_their_order_with_an_end() {
        let lua = Lua::new();
        let table = lua.load("{ { name = 'f\"x', filename = 'a.bin', size = 3 }, note = 'hi' }").eval().unwrap();
        let (payload, content_type) = read(&table).unwrap();
        let boundary = content_type.to_str().unwrap().split_once("boundary=").unwrap().1.to_owned();
        let first = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi");
        let second = format!(
            "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"f%22x\"; filename=\"a.bin\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n???"
        );
        let end = format!("\r\n--{boundary}--\r\n");
        assert_eq!(payload.length(), Some((first.len() + second.len() + end.len()) as u64));
        assert!(payload.is_repeatable());
        for wrong in ["{ 1 }", "{ { name = 'x' } }", "{ { name = 'x', body = '', size = 1 } }"] {
            assert!(read(&lua.load(wrong).eval().unwrap()).is_err(), "{wrong}");
        }
    }
}
