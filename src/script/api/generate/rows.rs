//! Rows whose columns are described once, so that many are made without a call from Lua for each.

use std::ops::Range;

use mlua::{Function, IntoLua, Lua, MetaMethod, MultiValue, Table, UserData, UserDataMethods, Value};

use super::GENERATORS;
use super::made::{Made, Maker};
use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::read_only::behind;

/// Rows by their indices. Each is made when it is asked for.
pub struct Rows {
    indices: Range<i64>,
    columns: Vec<Column>,
}

/// What stands in one place of every row.
pub enum Column {
    Generator(Maker),
    /// A function of the index that the script wrote.
    Function(Function),
    Constant(Made),
}

impl Rows {
    /// The indices, in order.
    pub fn indices(&self) -> Range<i64> {
        self.indices.clone()
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn row(&self, lua: &Lua, index: i64) -> mlua::Result<Table> {
        let row = lua.create_table_with_capacity(self.columns.len(), 0)?;
        for column in &self.columns {
            let value = column.with(index, |made| made.clone().into_lua(lua))?;
            // Nil would leave a hole in the row.
            row.raw_push(if value.is_nil() { Value::NULL } else { value })?;
        }
        Ok(row)
    }
}

impl Column {
    /// Its value in the row of an index.
    pub fn with<T>(&self, index: i64, take: impl FnOnce(&Made) -> mlua::Result<T>) -> mlua::Result<T> {
        match self {
            Self::Generator(make) => take(&make(index)?),
            Self::Function(function) => take(&Made::Lua(function.call(index)?)),
            Self::Constant(made) => take(made),
        }
    }

    fn read(known: &Table, value: Value) -> mlua::Result<Self> {
        let generator = |function: &Function| known.raw_get::<Option<usize>>(function);
        match value {
            Value::Function(function) => match generator(&function)? {
                Some(place) => Self::generator(place, MultiValue::new()),
                None => Ok(Self::Function(function)),
            },
            Value::Table(list) => match list.raw_get::<Value>(1)? {
                Value::Function(function) => match generator(&function)? {
                    Some(place) => {
                        let arguments = (2..=list.raw_len()).map(|position| list.raw_get(position));
                        Self::generator(place, arguments.collect::<mlua::Result<_>>()?)
                    }
                    None => {
                        Err(Thrown::misuse("`gen.rows`: a function of the script's own takes nothing but the index")
                            .into())
                    }
                },
                _ => Ok(Self::Constant(Made::Lua(Value::Table(list)))),
            },
            Value::String(text) => Ok(Self::Constant(match text.to_str() {
                Ok(text) => Made::from(text.to_owned()),
                Err(_) => Made::Lua(Value::String(text.clone())),
            })),
            other => Ok(Self::Constant(Made::Lua(other))),
        }
    }

    fn generator(place: usize, arguments: MultiValue) -> mlua::Result<Self> {
        let (name, generator) = GENERATORS[place];
        generator(&mut Args::new(name, arguments)).map(Self::Generator)
    }
}

impl UserData for Rows {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("row", |lua, this, values: MultiValue| {
            let mut args = Args::new("rows:row", values);
            this.row(lua, args.req("index")?)
        });
        methods.add_meta_method(MetaMethod::Len, |_, this, ()| Ok(this.indices.end - this.indices.start));
    }
}

/// Adds `gen.rows` to the module, whose functions stand for themselves as columns.
pub fn add(lua: &Lua, module: &Table) -> mlua::Result<()> {
    let known = lua.create_table()?;
    for (place, (name, _)) in GENERATORS.iter().enumerate() {
        let function: Function = module.raw_get(args::short(name))?;
        known.raw_set(function, place)?;
    }
    args::add(lua, module, "gen.rows", move |lua, mut args| {
        let count: i64 = args.req("count")?;
        let list = behind(&args.req("columns")?);
        let mut options = args.options()?;
        let first: i64 = options.opt("first")?.unwrap_or(1);
        options.finish()?;
        let end = first.checked_add(count).filter(|_| count >= 0);
        let end = end.ok_or_else(|| args.misuse("count", &format!("there can't be `{count}` rows")))?;
        let columns = list.sequence_values().map(|value| Column::read(&known, value?));
        let columns: Vec<Column> = columns.collect::<mlua::Result<_>>()?;
        if columns.is_empty() {
            return Err(args.misuse("columns", "a list of at least one is expected").into());
        }
        lua.create_userdata(Rows { indices: first..end, columns }).map(Value::UserData)
    })
}
