//! From Redis replies to Lua values.
//!
//! Integers stay 64 bits wide, bulk strings are byte strings, statuses such as
//! `OK` are strings, doubles and booleans come as such where the protocol has
//! them, and so do maps; sets are lists, big numbers decimal strings. Nil is
//! nil at the top and `throng.null` inside, where nil would make a hole.
//! Entries of streams are tables `{ id = …, fields = { … } }`.

use mlua::{Lua, Table, Value};

use crate::drivers::redis::{Value as Reply, refusal};
use crate::script::memory::Lifted;

/// The reply to command `name`, by its lower-case name.
pub(super) fn to_lua(lua: &Lua, name: &str, reply: &Reply) -> mlua::Result<Value> {
    let memory = Lifted::of(lua)?;
    let value = by_command(lua, name, reply)?;
    memory.check()?;
    Ok(value)
}

fn by_command(lua: &Lua, name: &str, reply: &Reply) -> mlua::Result<Value> {
    match (name, reply) {
        (_, Reply::Nil) => Ok(Value::Nil),
        ("xread" | "xreadgroup", _) => streams(lua, reply),
        ("xrange" | "xrevrange" | "xclaim", Reply::Array(entries)) => list(lua, entries, entry),
        ("xautoclaim", Reply::Array(parts)) => claimed(lua, parts),
        // In RESP2 a hash comes as a flat list.
        ("hgetall", Reply::Array(flat)) => fields(lua, flat).map(Value::Table),
        _ => plain(lua, reply),
    }
}

/// A reply as it is, with nil as `throng.null`.
pub(super) fn plain(lua: &Lua, reply: &Reply) -> mlua::Result<Value> {
    Ok(match reply {
        Reply::Nil => Value::NULL,
        Reply::Int(number) => Value::Integer(*number),
        Reply::BulkString(bytes) => Value::String(lua.create_string(bytes)?),
        Reply::SimpleString(text) | Reply::VerbatimString { text, .. } => Value::String(lua.create_string(text)?),
        Reply::Okay => Value::String(lua.create_string("OK")?),
        Reply::Double(number) => Value::Number(*number),
        Reply::Boolean(flag) => Value::Boolean(*flag),
        Reply::BigNumber(number) => Value::String(lua.create_string(number)?),
        Reply::Array(items) | Reply::Set(items) | Reply::Push { data: items, .. } => list(lua, items, plain)?,
        Reply::Map(pairs) => Value::Table(map(lua, pairs.iter().map(|(key, value)| (key, value)))?),
        Reply::Attribute { data, .. } => plain(lua, data)?,
        other => match refusal(other) {
            Some(failure) => super::super::error::open(lua, (Value::Error(Box::new(failure.into())), Value::Nil))?,
            None => Value::String(lua.create_string(format!("{other:?}"))?),
        },
    })
}

fn list(lua: &Lua, items: &[Reply], item: fn(&Lua, &Reply) -> mlua::Result<Value>) -> mlua::Result<Value> {
    let table = lua.create_table_with_capacity(items.len(), 0)?;
    for reply in items {
        table.raw_push(item(lua, reply)?)?;
    }
    Ok(Value::Table(table))
}

fn map<'a>(lua: &Lua, pairs: impl Iterator<Item = (&'a Reply, &'a Reply)>) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (key, value) in pairs {
        table.raw_set(plain(lua, key)?, plain(lua, value)?)?;
    }
    Ok(table)
}

/// A flat list of keys and values.
fn fields(lua: &Lua, flat: &[Reply]) -> mlua::Result<Table> {
    map(lua, flat.chunks_exact(2).map(|pair| (&pair[0], &pair[1])))
}

/// An entry of a stream; entries that came without their fields, by `JUSTID`, are left as they are.
fn entry(lua: &Lua, reply: &Reply) -> mlua::Result<Value> {
    let Reply::Array(parts) = reply else { return plain(lua, reply) };
    let [id, content] = &parts[..] else { return plain(lua, reply) };
    let table = lua.create_table()?;
    table.raw_set("id", plain(lua, id)?)?;
    // An entry that was deleted while it was pending has no fields any more.
    if let Reply::Array(flat) = content {
        table.raw_set("fields", fields(lua, flat)?)?;
    }
    Ok(Value::Table(table))
}

fn entries(lua: &Lua, reply: &Reply) -> mlua::Result<Value> {
    match reply {
        Reply::Array(items) => list(lua, items, entry),
        other => plain(lua, other),
    }
}

/// Entries by stream: a map in RESP3, a list of pairs in RESP2.
fn streams(lua: &Lua, reply: &Reply) -> mlua::Result<Value> {
    let table = lua.create_table()?;
    match reply {
        Reply::Map(streams) => {
            for (key, value) in streams {
                table.raw_set(plain(lua, key)?, entries(lua, value)?)?;
            }
        }
        Reply::Array(streams) => {
            for stream in streams {
                if let Reply::Array(pair) = stream
                    && let [key, value] = &pair[..]
                {
                    table.raw_set(plain(lua, key)?, entries(lua, value)?)?;
                }
            }
        }
        other => return plain(lua, other),
    }
    Ok(Value::Table(table))
}

/// `XAUTOCLAIM`: where to go on, the entries, and the ids that are gone.
fn claimed(lua: &Lua, parts: &[Reply]) -> mlua::Result<Value> {
    let table = lua.create_table_with_capacity(parts.len(), 0)?;
    for (position, part) in parts.iter().enumerate() {
        table.raw_push(if position == 1 { entries(lua, part)? } else { plain(lua, part)? })?;
    }
    Ok(Value::Table(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `name` gives for a reply, as the text that Lua's `check` makes of it.
    fn read(name: &str, reply: &str, check: &str) -> String {
        let lua = Lua::new();
        let reply = redis_value(reply);
        let value = to_lua(&lua, name, &reply).unwrap();
        lua.globals().set("reply", value).unwrap();
        lua.load(check).eval().unwrap()
    }

    fn redis_value(text: &str) -> Reply {
        ::redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    #[test]
    fn hashes_and_streams_look_alike_in_both_protocols() {
        let hash = "reply.a .. reply.b";
        assert_eq!(read("hgetall", "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n", hash), "12");
        assert_eq!(read("hgetall", "%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n", hash), "12");
        let entries = "*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n";
        let stream = "reply.s[1].id .. reply.s[1].fields.f";
        assert_eq!(read("xread", &format!("*1\r\n*2\r\n$1\r\ns\r\n{entries}"), stream), "1-1v");
        assert_eq!(read("xread", &format!("%1\r\n$1\r\ns\r\n{entries}"), stream), "1-1v");
    }

    #[test]
    fn an_entry_that_was_deleted_has_no_fields() {
        assert_eq!(
            read("xrange", "*1\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n", "reply[1].id .. tostring(reply[1].fields)"),
            "1-1nil"
        );
    }

    #[test]
    fn numbers_too_big_for_64_bits_are_decimal_strings() {
        assert_eq!(read("cmd", "(123456789012345678901234567890\r\n", "reply"), "123456789012345678901234567890");
        assert_eq!(read("cmd", ":9223372036854775807\r\n", "math.type(reply)"), "integer");
        assert_eq!(read("cmd", "=8\r\ntxt:some\r\n", "reply"), "some");
        assert_eq!(read("cmd", "#t\r\n", "tostring(reply)"), "true");
    }
}
