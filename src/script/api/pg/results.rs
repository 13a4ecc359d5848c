//! Rows as Lua tables.

use std::rc::Rc;

use mlua::{Either, Lua, LuaString, Table, Value};

use super::statement::Query;
use crate::drivers::postgres::{self, Columns, Malformed, Rows};
use crate::script::api::json;
use crate::script::error::Thrown;
use crate::script::memory::Lifted;

/// All rows, as a list of tables by column name.
pub(super) fn rows_to_lua(lua: &Lua, query: &Query, rows: &Rows) -> mlua::Result<Table> {
    let mut reader = Reader::new(lua, query, rows)?;
    let mut all = Items::default();
    let list = lua.create_sequence_from((0..rows.len()).map(|index| all.item(|| reader.row(index))))?;
    all.whole(list)
}

/// The first row, or nil.
pub(super) fn first_row(lua: &Lua, query: &Query, rows: &Rows) -> mlua::Result<Value> {
    if rows.is_empty() { Ok(Value::Nil) } else { Reader::new(lua, query, rows)?.row(0).map(Value::Table) }
}

/// The first value of the first row, or nil.
pub(super) fn first_value(lua: &Lua, query: &Query, rows: &Rows) -> mlua::Result<Value> {
    if rows.is_empty() || rows.columns().is_empty() {
        return Ok(Value::Nil);
    }
    Reader::new(lua, query, rows)?.value(0, 0)
}

/// The items of a table that is made of them in one go, which takes much less than to set each: the first that fails
/// fails the whole, once mlua has made it.
#[derive(Default)]
struct Items {
    failed: Option<mlua::Error>,
}

impl Items {
    /// The next item; nil from the first that fails on.
    fn item<T>(&mut self, make: impl FnOnce() -> mlua::Result<T>) -> Option<T> {
        if self.failed.is_some() {
            return None;
        }
        make().map_err(|error| self.failed = Some(error)).ok()
    }

    /// The table, if no item failed.
    fn whole(self, table: Table) -> mlua::Result<Table> {
        self.failed.map_or(Ok(table), Err)
    }
}

/// Reads the rows of one result.
pub(super) struct Reader<'a> {
    lua: &'a Lua,
    query: &'a Query,
    rows: &'a Rows,
    names: Rc<[LuaString]>,
    scratch: String,
    memory: Lifted<'a>,
}

/// A value on its way into a row: whole numbers and texts without a handle to them in between.
type Cell<'a> = Either<i64, Either<&'a str, Value>>;

impl<'a> Reader<'a> {
    pub(super) fn new(lua: &'a Lua, query: &'a Query, rows: &'a Rows) -> mlua::Result<Self> {
        let memory = Lifted::of(lua)?;
        Ok(Self { lua, query, rows, names: names(lua, query, rows.columns())?, scratch: String::new(), memory })
    }

    /// One row as a table by column name; NULL is nil, and so no field.
    pub(super) fn row(&mut self, index: usize) -> mlua::Result<Table> {
        let (lua, names) = (self.lua, self.names.clone());
        let mut all = Items::default();
        let cells = names.iter().enumerate();
        let row = lua.create_table_from(cells.map(|(at, name)| (name, all.item(|| self.cell(index, at)))))?;
        self.memory.check()?;
        all.whole(row)
    }

    fn cell(&mut self, row: usize, column: usize) -> mlua::Result<Cell<'a>> {
        let value = match self.rows.borrowed(row, column).map_err(Thrown::from)? {
            Some(postgres::Value::Int(number)) => return Ok(Either::Left(number)),
            Some(postgres::Value::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => return Ok(Either::Right(Either::Left(text))),
                Err(_) => self.lua_value(postgres::Value::Text(bytes), column)?,
            },
            Some(value) => self.lua_value(value, column)?,
            None => self.value(row, column)?,
        };
        Ok(Either::Right(Either::Right(value)))
    }

    fn value(&mut self, row: usize, column: usize) -> mlua::Result<Value> {
        // Taken out meanwhile, since the value may lie in it.
        let mut scratch = std::mem::take(&mut self.scratch);
        let read = self.rows.value(row, column, &mut scratch).map_err(Thrown::from);
        let value = read.map_err(mlua::Error::from).and_then(|value| self.lua_value(value, column));
        self.scratch = scratch;
        value
    }

    fn lua_value(&self, value: postgres::Value<'_>, column: usize) -> mlua::Result<Value> {
        let value = to_lua(self.lua, value, self.query).map_err(|error| error.of_column(self.rows, column))?;
        self.memory.check()?;
        Ok(value)
    }
}

/// Why a value could not be brought to Lua.
enum Unreadable {
    /// Lua has no memory for it.
    Lua(mlua::Error),
    /// It is not what its type says.
    Value,
}

impl Unreadable {
    fn of_column(self, rows: &Rows, column: usize) -> mlua::Error {
        match self {
            Self::Lua(error) => error,
            Self::Value => Thrown::from(rows.misread(column)).into(),
        }
    }
}

impl From<mlua::Error> for Unreadable {
    fn from(error: mlua::Error) -> Self {
        Self::Lua(error)
    }
}

impl From<Malformed> for Unreadable {
    fn from(_: Malformed) -> Self {
        Self::Value
    }
}

fn to_lua(lua: &Lua, value: postgres::Value<'_>, query: &Query) -> Result<Value, Unreadable> {
    Ok(match value {
        postgres::Value::Null => Value::Nil,
        postgres::Value::Bool(flag) => Value::Boolean(flag),
        postgres::Value::Int(number) => Value::Integer(number),
        postgres::Value::Float(number) => Value::Number(number),
        postgres::Value::Numeric(text) if query.numeric_as_number => number(text),
        postgres::Value::Numeric(text) => Value::String(lua.create_string(text)?),
        postgres::Value::Text(bytes) | postgres::Value::Bytes(bytes) => Value::String(lua.create_string(bytes)?),
        postgres::Value::Json(text) => {
            let value: serde_json::Value = serde_json::from_slice(text).map_err(|_| Unreadable::Value)?;
            json::decode(lua, &value)?
        }
        postgres::Value::List(mut list) => {
            let table = lua.create_table_with_capacity(list.len(), 0)?;
            let mut scratch = String::new();
            while let Some(item) = list.next(&mut scratch)? {
                match to_lua(lua, item, query)? {
                    // A list can't hold nil.
                    Value::Nil => table.raw_push(Value::NULL)?,
                    item => table.raw_push(item)?,
                }
            }
            json::mark_array(lua, &table)?;
            Value::Table(table)
        }
    })
}

/// A numeric as an integer if it is one that fits, else as a float.
fn number(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(whole) => Value::Integer(whole),
        // `NaN` and `Infinity` are read too.
        Err(_) => Value::Number(text.parse().unwrap_or(f64::NAN)),
    }
}

/// The names of a result's columns as strings of the state, remembered with the statement.
fn names(lua: &Lua, query: &Query, columns: &Columns) -> mlua::Result<Rc<[LuaString]>> {
    if let Some((_, names)) = query.names.borrow().as_ref().filter(|(id, _)| *id == columns.id()) {
        return Ok(names.clone());
    }
    let names: mlua::Result<Vec<LuaString>> = columns.names().map(|name| lua.create_string(&**name)).collect();
    let names: Rc<[LuaString]> = names?.into();
    query.names.replace(Some((columns.id(), names.clone())));
    Ok(names)
}
