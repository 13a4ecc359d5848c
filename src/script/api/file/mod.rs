//! `throng.file`: files of the run's own folder, and of no other place.
//!
//! `place.rs` has what is done to a file as a whole, `reader.rs` and `writer.rs` what goes piece by piece.

mod place;
mod reader;
mod writer;

use std::fs::OpenOptions;

use mlua::{Lua, Table, Value};

use self::place::Place;
pub(super) use self::writer::{Handle, Writer};
use crate::script::args::{self, Args};

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    whole(lua, &module)?;
    piecewise(lua, &module)?;
    names(lua, &module)?;
    Ok(module)
}

/// Files that are read and written as a whole.
fn whole(lua: &Lua, module: &Table) -> mlua::Result<()> {
    args::add_async(lua, module, "file.read", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        let bytes = place.apart("read", Place::read).await?;
        lua.create_string(bytes).map(Value::String)
    })?;
    args::add_async(lua, module, "file.write", |lua, mut args| async move {
        let (place, content) = (Place::new(&lua, args.req("path")?)?, args.req("content")?);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        place.write(content, flag(args, "sync")?, options).await?;
        Ok(Value::Nil)
    })?;
    args::add_async(lua, module, "file.append", |lua, mut args| async move {
        let (place, content) = (Place::new(&lua, args.req("path")?)?, args.req("content")?);
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        place.write(content, flag(args, "sync")?, options).await?;
        Ok(Value::Nil)
    })
}

/// Files that go piece by piece.
fn piecewise(lua: &Lua, module: &Table) -> mlua::Result<()> {
    args::add_async(lua, module, "file.create", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        writer::create(&lua, place, flag(args, "gzip")?).await
    })?;
    args::add_async(lua, module, "file.lines", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        reader::lines(&lua, place, flag(args, "gzip")?).await
    })?;
    args::add_async(lua, module, "file.chunks", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        let mut options = args.options()?;
        let (gzip, size) = (options.opt("gzip")?.unwrap_or(false), options.opt::<u64>("size")?);
        options.finish()?;
        reader::chunks(&lua, place, gzip, size.map(|size| size as usize)).await
    })?;
    args::add_async(lua, module, "file.digest", |lua, mut args| async move {
        let (place, algorithm) = (Place::new(&lua, args.req("path")?)?, args.req("algorithm")?);
        place.apart("read", move |place| place.digest(algorithm)).await?.into_lua(&lua)
    })
}

/// Names, sizes and where they are.
fn names(lua: &Lua, module: &Table) -> mlua::Result<()> {
    args::add_async(lua, module, "file.list", |lua, mut args| async move {
        let folder = Place::new(&lua, args.opt("folder")?.unwrap_or_default())?;
        let names = folder.apart("list", Place::names).await?;
        lua.create_sequence_from(names).map(Value::Table)
    })?;
    args::add_async(lua, module, "file.exists", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        Ok(Value::Boolean(place.apart("look at", Place::exists).await.unwrap_or(false)))
    })?;
    args::add_async(lua, module, "file.size", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        Ok(Value::Integer(place.apart("look at", Place::size).await? as i64))
    })?;
    args::add_async(lua, module, "file.remove", |lua, mut args| async move {
        let place = Place::new(&lua, args.req("path")?)?;
        Ok(Value::Boolean(place.apart("remove", Place::remove).await?))
    })?;
    args::add_async(lua, module, "file.rename", |lua, mut args| async move {
        let (from, to) = (Place::new(&lua, args.req("from")?)?, Place::new(&lua, args.req("to")?)?);
        from.apart("rename", move |from| from.rename(&to)).await?;
        Ok(Value::Nil)
    })?;
    args::add_async(lua, module, "file.sync", |lua, mut args| async move {
        let place = Place::new(&lua, args.opt("path")?.unwrap_or_default())?;
        place.apart("sync", Place::sync).await?;
        Ok(Value::Nil)
    })
}

/// The options of a call that has but one, which is true or false.
fn flag(mut args: Args, name: &'static str) -> mlua::Result<bool> {
    let mut options = args.options()?;
    let flag = options.opt(name)?.unwrap_or(false);
    options.finish()?;
    Ok(flag)
}
