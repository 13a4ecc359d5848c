//! `throng.gen`: data that looks real, and numbers by a distribution.
//!
//! Nearly everything is a pure function of an index and of an optional stream
//! (a name or number that tells apart what has the same index). No run, worker
//! or order has a say, so that `verify` can compute anew what `setup` wrote.
//! Start reading at [`draw`]; the generators stand in [`GENERATORS`].

mod distribution;
mod draw;
mod people;
mod permute;
mod places;
mod sequence;
mod text;
mod values;

use mlua::{Lua, Table, Value};

use crate::script::args;
use draw::Draw;

/// A function of an index.
type Generator = fn(&Lua, Draw) -> mlua::Result<Value>;

/// All of them by name.
const GENERATORS: &[(&str, Generator)] = &[
    ("gen.first_name", people::first_name),
    ("gen.last_name", people::last_name),
    ("gen.full_name", people::full_name),
    ("gen.user_name", people::user_name),
    ("gen.email", people::email),
    ("gen.phone", people::phone),
    ("gen.job", people::job),
    ("gen.company", people::company),
    ("gen.street", places::street),
    ("gen.city", places::city),
    ("gen.state", places::state),
    ("gen.postcode", places::postcode),
    ("gen.country", places::country),
    ("gen.address", places::address),
    ("gen.word", text::word),
    ("gen.words", text::words),
    ("gen.sentence", text::sentence),
    ("gen.paragraph", text::paragraph),
    ("gen.text", text::text),
    ("gen.bytes", text::bytes),
    ("gen.uuid", values::uuid),
    ("gen.date", values::date),
    ("gen.timestamp", values::timestamp),
    ("gen.integer", values::integer),
    ("gen.number", values::number),
    ("gen.bool", values::bool),
    ("gen.choice", values::choice),
    ("gen.hash", values::hash),
    ("gen.permute", permute::permute),
];

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    for &(name, generator) in GENERATORS {
        args::add(lua, &module, name, move |lua, args| generator(lua, Draw::new(name, args)?))?;
    }
    distribution::add(lua, &module)?;
    sequence::add(lua, &module)?;
    Ok(module)
}
