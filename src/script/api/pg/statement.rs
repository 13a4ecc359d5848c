//! `throng.pg`: labelled statements, and wrappers for values that need one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use mlua::{Lua, LuaString, Table, UserData, Value};

use super::params::Wrapped;
use crate::drivers::postgres::{Statement, controls_transaction};
use crate::script::api::json;
use crate::script::args;
use crate::script::error::Thrown;
use crate::script::fields::{Fields, describe};

/// How many plain texts a state remembers. Past it, it begins anew: a script that makes ever new texts
/// gains nothing from their being remembered.
const MAX_PLAIN: usize = 1024;

/// How many rows a cursor fetches at a time unless told otherwise.
const FETCH: u32 = 1000;

/// A statement with what scripts may say about it.
pub(super) struct Query {
    /// What is sent.
    pub statement: Statement,
    /// Whether it was named in a script, and so has figures of its own.
    pub labelled: bool,
    /// Whether `numeric` comes as a Lua number instead of an exact string.
    pub numeric_as_number: bool,
    /// How many rows a cursor over it fetches at a time.
    pub fetch: u32,
    /// The number of the columns that it last returned, with their names.
    pub names: RefCell<Option<(u64, Rc<[LuaString]>)>>,
}

/// The object that `pg.statement` returns.
pub(super) struct Handle(Rc<Query>);

impl Handle {
    /// The statement behind it.
    pub(super) fn query(&self) -> &Rc<Query> {
        &self.0
    }
}

impl UserData for Handle {}

/// What a state knows of statements.
#[derive(Default)]
struct Known {
    labelled: HashMap<String, String>,
    plain: HashMap<Box<[u8]>, Rc<Query>>,
}

/// Makes `throng.pg`.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    module.raw_set("null", Value::NULL)?;
    args::add(lua, &module, "pg.statement", |lua, mut args| {
        let label: String = args.req("label")?;
        let sql: String = args.req("sql")?;
        let query = labelled(lua, label, sql, args.options()?)?;
        lua.create_userdata(Handle(Rc::new(query))).map(Value::UserData)
    })?;
    args::add(lua, &module, "pg.bytes", |lua, mut args| {
        let bytes: LuaString = args.req("bytes")?;
        lua.create_userdata(Wrapped::Bytes(bytes.as_bytes().to_vec())).map(Value::UserData)
    })?;
    args::add(lua, &module, "pg.json", |lua, mut args| {
        let text = json::encode(lua, &args.value())?.to_string();
        lua.create_userdata(Wrapped::Json(text)).map(Value::UserData)
    })?;
    Ok(module)
}

/// Label and text of each statement that was named in a state, in the order of the labels.
pub fn labelled_statements(lua: &Lua) -> Vec<(String, String)> {
    let mut statements: Vec<_> = with_known(lua, |known| known.labelled.clone().into_iter().collect());
    statements.sort();
    statements
}

fn labelled(lua: &Lua, label: String, sql: String, mut options: Fields) -> Result<Query, Thrown> {
    let numeric: Option<String> = options.opt("numeric")?;
    let timeout: Option<Duration> = options.opt("timeout")?;
    let fetch: Option<u64> = options.opt("fetch")?;
    options.finish()?;
    let numeric_as_number = match numeric.as_deref() {
        None | Some("string") => false,
        Some("number") => true,
        Some(other) => {
            let message = format!("`pg.statement`: `numeric` is `string` or `number`, not `{other}`");
            return Err(Thrown::misuse(message));
        }
    };
    let fetch = match fetch.map(u32::try_from) {
        None => FETCH,
        Some(Ok(rows)) if rows > 0 => rows,
        Some(_) => return Err(Thrown::misuse("`pg.statement`: `fetch` is a number of rows, 1 or more")),
    };
    if label.is_empty() {
        return Err(Thrown::misuse("`pg.statement`: a label can't be empty"));
    }
    with_known(lua, |known| match known.labelled.get(&label) {
        Some(other) if *other != sql => Err(Thrown::misuse_with(
            format!("`pg.statement`: `{label}` is already the label of another statement"),
            "figures are kept by label: give each statement its own",
        )),
        _ => {
            known.labelled.insert(label.clone(), sql.clone());
            Ok(())
        }
    })?;
    let statement = Statement::labelled(label, sql).with_timeout(timeout);
    refuse_control(&statement)?;
    Ok(Query { statement, labelled: true, numeric_as_number, fetch, names: RefCell::default() })
}

/// The statement that a script passed to `function`: an object, or an SQL text.
pub(super) fn resolve(lua: &Lua, function: &str, value: &Value) -> Result<Rc<Query>, Thrown> {
    match value {
        Value::UserData(object) if object.is::<Handle>() => {
            let handle = object.borrow::<Handle>().map_err(|error| Thrown::misuse(error.to_string()))?;
            Ok(handle.0.clone())
        }
        Value::String(text) => plain(lua, function, text),
        other => Err(Thrown::misuse_with(
            format!("`{function}`: expected a statement or an SQL text, got {}", describe(other)),
            "make a statement with `pg.statement(label, sql)`",
        )),
    }
}

fn plain(lua: &Lua, function: &str, text: &LuaString) -> Result<Rc<Query>, Thrown> {
    let bytes = text.as_bytes();
    with_known(lua, |known| {
        if let Some(query) = known.plain.get(&*bytes) {
            return Ok(query.clone());
        }
        let Ok(sql) = std::str::from_utf8(&bytes) else {
            return Err(Thrown::misuse_with(
                format!("`{function}`: the SQL text is not UTF-8"),
                "send bytes as a parameter, `$1`",
            ));
        };
        let statement = Statement::plain(sql);
        refuse_control(&statement)?;
        if known.plain.len() >= MAX_PLAIN {
            known.plain.clear();
        }
        let query = Rc::new(Query {
            statement,
            labelled: false,
            numeric_as_number: false,
            fetch: FETCH,
            names: RefCell::default(),
        });
        known.plain.insert(bytes.to_vec().into(), query.clone());
        Ok(query)
    })
}

/// A transaction begun in plain SQL would go back to the pool with its connection.
fn refuse_control(statement: &Statement) -> Result<(), Thrown> {
    if controls_transaction(statement) {
        return Err(Thrown::misuse_with(
            format!("`{}` begins or ends a transaction", statement.label()),
            "use `user.pg:transaction(function(tx) … end)`",
        ));
    }
    Ok(())
}

fn with_known<T>(lua: &Lua, work: impl FnOnce(&mut Known) -> T) -> T {
    if lua.app_data_ref::<RefCell<Known>>().is_none() {
        lua.set_app_data(RefCell::new(Known::default()));
    }
    let known = lua.app_data_ref::<RefCell<Known>>().expect("just made");
    work(&mut known.borrow_mut())
}
