//! `throng.hash`: digests, checksums, and bytes written as text.

mod running;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use mlua::{Lua, LuaString, Table, Value};
use sha2::{Digest, Sha256};

use self::running::Stream;
pub(super) use self::running::{Algorithm, Checksum};
use crate::script::args;

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    add(lua, &module, "hash.sha256", |lua, bytes| text(lua, hex(&Sha256::digest(bytes))))?;
    add(lua, &module, "hash.md5", |lua, bytes| text(lua, hex(&Md5::digest(bytes))))?;
    add(lua, &module, "hash.crc32", |_, bytes| Ok(Value::Integer(crc32fast::hash(bytes).into())))?;
    add(lua, &module, "hash.fnv1a64", |_, bytes| Ok(Value::Integer(fnv1a64(bytes) as i64)))?;
    add(lua, &module, "hash.to_hex", |lua, bytes| text(lua, hex(bytes)))?;
    add(lua, &module, "hash.to_base64", |lua, bytes| text(lua, BASE64_STANDARD.encode(bytes)))?;
    args::add(lua, &module, "hash.stream", |lua, mut args| {
        let algorithm = args.req("algorithm")?;
        lua.create_userdata(Stream::new(algorithm)).map(Value::UserData)
    })?;
    args::add(lua, &module, "hash.from_hex", |lua, mut args| {
        let digits: LuaString = args.req("text")?;
        let bytes = unhex(&digits.as_bytes()).map_err(|reason| args.misuse("text", &reason))?;
        lua.create_string(bytes).map(Value::String)
    })?;
    args::add(lua, &module, "hash.from_base64", |lua, mut args| {
        let coded: LuaString = args.req("text")?;
        let bytes =
            BASE64_STANDARD.decode(coded.as_bytes()).map_err(|error| args.misuse("text", &error.to_string()))?;
        lua.create_string(bytes).map(Value::String)
    })?;
    Ok(module)
}

/// Adds a function of a byte string.
fn add(
    lua: &Lua,
    module: &Table,
    name: &'static str,
    function: fn(&Lua, &[u8]) -> mlua::Result<Value>,
) -> mlua::Result<()> {
    args::add(lua, module, name, move |lua, mut args| {
        let bytes: LuaString = args.req("bytes")?;
        function(lua, &bytes.as_bytes())
    })
}

fn text(lua: &Lua, text: String) -> mlua::Result<Value> {
    lua.create_string(text).map(Value::String)
}

/// FNV-1a, 64 bits, as in <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub(super) fn fnv1a64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(digits: &[u8]) -> Result<Vec<u8>, String> {
    if digits.len() % 2 == 1 {
        return Err("the number of digits is odd".to_owned());
    }
    let value = |digit: &u8| match char::from(*digit).to_digit(16) {
        Some(value) => Ok(value as u8),
        None => Err(format!("`{}` is not a hex digit", char::from(*digit))),
    };
    digits.chunks_exact(2).map(|pair| Ok(value(&pair[0])? << 4 | value(&pair[1])?)).collect()
}
