//! Commands that a script collects, to be sent together.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Function, Lua, MetaMethod, MultiValue, Table, UserData, UserDataMethods, Value};

use super::{arguments, reply};
use crate::drivers::Failure;
use crate::drivers::redis::{Command, Value as Reply, Verb, refusal};
use crate::script::error::Thrown;
use crate::script::fields::{Fields, describe};

/// The registry table of the functions that queue a command, by its name.
const QUEUERS: &str = "throng.redis.queuers";

/// What a pipeline's or a transaction's function gets: each method adds a command, and returns its place.
#[derive(Clone, Default)]
pub(super) struct Queue(Rc<RefCell<Queued>>);

/// The commands, with the lower-case names that their replies are read by.
#[derive(Default)]
pub(super) struct Queued {
    pub(super) names: Vec<String>,
    pub(super) commands: Vec<Command>,
}

impl UserData for Queue {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("call", |_, this, (name, values): (String, MultiValue)| Ok(this.add(&name, &values)?));
        methods.add_meta_method(MetaMethod::Index, |lua, _, name: String| cached(lua, QUEUERS, &name, queuer));
    }
}

impl Queue {
    /// Takes the commands out.
    pub(super) fn take(&self) -> Queued {
        self.0.take()
    }

    /// Adds the commands of a list such as `{ { "set", "a", 1 }, { "get", "a" } }`.
    pub(super) fn add_list(&self, list: &Table) -> Result<(), Thrown> {
        for item in list.sequence_values::<Value>() {
            let item = item.map_err(|error| Thrown::misuse(error.to_string()))?;
            let words: Vec<Value> = match &item {
                Value::Table(words) => words.sequence_values().collect::<mlua::Result<_>>(),
                other => return Err(not_a_command(&describe(other))),
            }
            .map_err(|error| Thrown::misuse(error.to_string()))?;
            let (name, values) = match words.split_first() {
                Some((Value::String(name), values)) => (name.to_string_lossy(), values),
                _ => return Err(not_a_command("a table without a name first")),
            };
            self.add(&name, values)?;
        }
        Ok(())
    }

    fn add<'a>(&self, name: &str, values: impl IntoIterator<Item = &'a Value>) -> Result<usize, Thrown> {
        let command = arguments::command(&Verb::new(name.as_bytes()), values)?;
        let mut queued = self.0.borrow_mut();
        queued.names.push(name.to_ascii_lowercase());
        queued.commands.push(command);
        Ok(queued.commands.len())
    }
}

impl Queued {
    /// The replies as a list. The first that is an error is raised, unless errors are to be kept in their places.
    pub(super) fn replies(&self, lua: &Lua, replies: &[Reply], keep_errors: bool) -> mlua::Result<Table> {
        let table = lua.create_table_with_capacity(replies.len(), 0)?;
        for (position, (name, reply)) in self.names.iter().zip(replies).enumerate() {
            if let Some(failure) = refusal(reply).filter(|_| !keep_errors) {
                return Err(self.located(failure, position).into());
            }
            let value = reply::to_lua(lua, name, reply)?;
            table.raw_push(if value.is_nil() { Value::NULL } else { value })?;
        }
        Ok(table)
    }

    fn located(&self, failure: Failure, position: usize) -> Failure {
        match failure {
            Failure::Redis { word, message } => Failure::Redis {
                word,
                message: format!(
                    "{message} (command {} of {}, `{}`)",
                    position + 1,
                    self.names.len(),
                    self.names[position]
                ),
            },
            other => other,
        }
    }
}

/// The option `keep_errors` of pipelines and transactions, with whatever else `read` takes from the table.
pub(super) fn options<T>(
    options: Value,
    what: &str,
    read: impl FnOnce(&mut Fields) -> Result<T, Thrown>,
    lua: &Lua,
) -> mlua::Result<(bool, T)> {
    let table = match options {
        Value::Nil => lua.create_table()?,
        Value::Table(table) => table,
        other => return Err(Thrown::misuse(format!("{what}: expected a table, got {}", describe(&other))).into()),
    };
    let mut fields = Fields::new(table, what);
    let keep_errors = fields.opt::<bool>("keep_errors")?.unwrap_or(false);
    let rest = read(&mut fields)?;
    fields.finish()?;
    Ok((keep_errors, rest))
}

/// The function that `make` makes for a command, made once a state.
pub(super) fn cached(
    lua: &Lua,
    registry: &str,
    name: &str,
    make: fn(&Lua, String) -> mlua::Result<Function>,
) -> mlua::Result<Function> {
    let known: Option<Table> = lua.named_registry_value(registry)?;
    let known = match known {
        Some(known) => known,
        None => {
            let table = lua.create_table()?;
            lua.set_named_registry_value(registry, &table)?;
            table
        }
    };
    if let Some(function) = known.raw_get::<Option<Function>>(name)? {
        return Ok(function);
    }
    let function = make(lua, name.to_owned())?;
    known.raw_set(name, &function)?;
    Ok(function)
}

fn queuer(lua: &Lua, name: String) -> mlua::Result<Function> {
    lua.create_function(move |_, (this, values): (Value, MultiValue)| {
        let queue = this.as_userdata().and_then(|object| object.borrow::<Queue>().ok());
        let queue = queue.ok_or_else(|| {
            Thrown::misuse_with(format!("`{name}` is a method"), format!("call it with a colon: `:{name}(…)`"))
        })?;
        Ok(queue.add(&name, &values)?)
    })
}

fn not_a_command(came: &str) -> Thrown {
    Thrown::misuse_with(format!("a command is expected, got {came}"), "such as `{ \"set\", \"key\", 1 }`")
}
