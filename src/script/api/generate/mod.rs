//! `throng.gen`: data that looks real, and numbers by a distribution.
//!
//! Nearly everything is a pure function of an index and of an optional stream
//! (a name or number that tells apart what has the same index). No run, worker
//! or order has a say, so that `verify` can compute anew what `setup` wrote.
//! The generators stand in [`GENERATORS`]. Each turns its arguments into a [`Maker`],
//! which a call asks for one value and [`Rows`] for those of a whole column.

mod distribution;
mod draw;
mod made;
mod people;
mod permute;
mod places;
mod position;
mod rows;
mod sequence;
mod text;
mod values;

use mlua::{IntoLua, Lua, Table};

use crate::script::args::{self, Args};
pub use made::Made;
use made::Maker;
pub use rows::Rows;

/// A function of an index, by its arguments behind that.
type Generator = fn(&mut Args) -> mlua::Result<Maker>;

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
    ("gen.index", position::index),
    ("gen.group", position::group),
    ("gen.permute", permute::permute),
];

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    for &(name, generator) in GENERATORS {
        args::add(lua, &module, name, move |lua, mut args| {
            let index = args.req("index")?;
            generator(&mut args)?(index)?.into_lua(lua)
        })?;
    }
    rows::add(lua, &module)?;
    distribution::add(lua, &module)?;
    sequence::add(lua, &module)?;
    Ok(module)
}
