//! `throng.csv`: comma-separated text to and from rows.

use std::cell::RefCell;
use std::io::Cursor;

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator, WriterBuilder};
use mlua::{Function, Lua, LuaString, Table, Value};

use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::fields::{Fields, Mismatch, Named, describe};

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    args::add(lua, &module, "csv.parse", |lua, args| {
        let rows = Rows::new(args)?;
        let table = lua.create_table()?;
        while let Some(row) = rows.next(lua)? {
            table.raw_push(row)?;
        }
        Ok(Value::Table(table))
    })?;
    args::add(lua, &module, "csv.rows", |lua, args| {
        let rows = Rows::new(args)?;
        lua.create_function(move |lua, ()| rows.next(lua)).map(Value::Function)
    })?;
    args::add(lua, &module, "csv.write", |lua, args| lua.create_string(write(args)?).map(Value::String))?;
    Ok(module)
}

/// A single byte, such as the delimiter.
struct Byte(u8);

impl Named for Byte {
    const EXPECTED: &'static str = "a single ASCII character";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match String::named(value)?.as_bytes() {
            [byte] => Ok(Self(*byte)),
            _ => Err(Mismatch::Type),
        }
    }
}

fn delimiter(options: &mut Fields) -> Result<u8, Thrown> {
    Ok(options.opt::<Byte>("delimiter")?.map_or(b',', |byte| byte.0))
}

/// Rows of a text, read as they are asked for.
struct Rows {
    reader: RefCell<Reader<Cursor<Vec<u8>>>>,
    /// Column names, if rows are tables by name.
    names: Option<ByteRecord>,
    record: RefCell<ByteRecord>,
}

impl Rows {
    fn new(mut args: Args) -> mlua::Result<Self> {
        let text: LuaString = args.req("text")?;
        let mut options = args.options()?;
        let header = options.opt::<bool>("header")?.unwrap_or(true);
        let delimiter = delimiter(&mut options)?;
        options.finish()?;
        let mut reader = ReaderBuilder::new()
            .has_headers(header)
            .delimiter(delimiter)
            .from_reader(Cursor::new(text.as_bytes().to_vec()));
        let names = if header { Some(reader.byte_headers().map_err(broken)?.clone()) } else { None };
        Ok(Self { reader: RefCell::new(reader), names, record: RefCell::default() })
    }

    fn next(&self, lua: &Lua) -> mlua::Result<Option<Table>> {
        let mut record = self.record.borrow_mut();
        let mut reader = self.reader.borrow_mut();
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(_) if at_end(&reader) && is_unclosed(reader.get_ref().get_ref()) => {
                return Err(Thrown::misuse(format!("`csv`: a quote in the record of line {line} is not closed")).into());
            }
            Err(error) => return Err(broken(error).into()),
        }
        let row = lua.create_table()?;
        match &self.names {
            Some(names) => {
                for (name, field) in names.iter().zip(record.iter()) {
                    row.raw_set(lua.create_string(name)?, lua.create_string(field)?)?;
                }
            }
            None => {
                for field in record.iter() {
                    row.raw_push(lua.create_string(field)?)?;
                }
            }
        }
        Ok(Some(row))
    }
}

fn broken(error: csv::Error) -> Thrown {
    Thrown::misuse(format!("`csv`: {error}"))
}

/// Whether the record that was read last is the last of the text.
fn at_end(reader: &Reader<Cursor<Vec<u8>>>) -> bool {
    reader.position().byte() >= reader.get_ref().get_ref().len() as u64
}

/// Whether a quote is left open: the rest of the text is then one field. A quote within quotes is doubled.
fn is_unclosed(text: &[u8]) -> bool {
    text.iter().filter(|&&byte| byte == b'"').count() % 2 == 1
}

fn write(mut args: Args) -> mlua::Result<Vec<u8>> {
    let rows = args.value();
    let mut options = args.options()?;
    let columns: Option<Vec<String>> = options.opt("columns")?;
    let header = options.opt::<bool>("header")?.unwrap_or(true);
    let delimiter = delimiter(&mut options)?;
    options.finish()?;
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .flexible(false)
        .from_writer(Vec::new());
    if let (true, Some(columns)) = (header, &columns) {
        writer.write_record(columns).map_err(broken)?;
    }
    let mut write_row = |row: Table| -> mlua::Result<()> {
        let fields: Vec<Vec<u8>> = match &columns {
            Some(columns) => columns.iter().map(|name| field(row.get(name.as_str())?)).collect::<mlua::Result<_>>()?,
            None => (1..=row.raw_len()).map(|position| field(row.get(position)?)).collect::<mlua::Result<_>>()?,
        };
        writer.write_record(fields).map_err(broken)?;
        Ok(())
    };
    match rows {
        Value::Table(rows) => {
            for position in 1..=rows.raw_len() {
                write_row(rows.get(position)?)?;
            }
        }
        Value::Function(next) => write_all(&next, write_row)?,
        other => return Err(args.wrong("rows", "a list of rows or an iterator over them", &describe(&other)).into()),
    }
    writer.into_inner().map_err(|error| Thrown::misuse(format!("`csv`: {error}")).into())
}

fn write_all(next: &Function, mut write_row: impl FnMut(Table) -> mlua::Result<()>) -> mlua::Result<()> {
    while let Some(row) = next.call::<Option<Table>>(())? {
        write_row(row)?;
    }
    Ok(())
}

/// The text of one field: nil and null are empty.
fn field(value: Value) -> mlua::Result<Vec<u8>> {
    match value {
        Value::Nil => Ok(Vec::new()),
        null if null == Value::NULL => Ok(Vec::new()),
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        Value::Boolean(_) | Value::Integer(_) | Value::Number(_) | Value::UserData(_) => {
            Ok(value.to_string()?.into_bytes())
        }
        other => Err(Thrown::misuse(format!("`csv.write`: a field can't be {}", describe(&other))).into()),
    }
}
