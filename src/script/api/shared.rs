//! `throng.shared`: counters, queues, barriers and maps across workers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mlua::{Function, Lua, MultiValue, Table, UserData, UserDataFields, UserDataMethods, UserDataRef, Value};

use crate::drivers::Failure;
use crate::plan::Data;
use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::host::Host;
use crate::script::place::located;
use crate::script::shared;
use crate::script::values::{from_lua, to_lua};
use crate::script::waiting;

/// Makes the module. Its objects are names only, so that they can be made while the file is being loaded.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    let capacities: RefCell<HashMap<String, usize>> = RefCell::default();
    args::add(lua, &module, "shared.counter", |lua, mut args| {
        lua.create_userdata(Counter(args.req("name")?)).map(Value::UserData)
    })?;
    args::add(lua, &module, "shared.queue", move |lua, mut args| {
        let name: String = args.req("name")?;
        let mut options = args.options()?;
        let capacity = options.opt::<u64>("capacity")?.map(|capacity| capacity as usize);
        options.finish()?;
        if capacity == Some(0) {
            return Err(args.misuse("options", "a queue of capacity 0 could hold nothing").into());
        }
        if let Some(wanted) = capacity {
            let first = *capacities.borrow_mut().entry(name.clone()).or_insert(wanted);
            if first != wanted {
                let message = format!("the queue `{name}` has capacity {first} already, not {wanted}");
                return Err(args.misuse("options", &message).into());
            }
        }
        lua.create_userdata(Queue { name, capacity }).map(Value::UserData)
    })?;
    args::add(lua, &module, "shared.barrier", |lua, mut args| {
        let (name, parties) = (args.req("name")?, args.req::<u64>("users")? as usize);
        if parties == 0 {
            return Err(args.misuse("users", "a barrier is for 1 user or more").into());
        }
        lua.create_userdata(Barrier { name, parties }).map(Value::UserData)
    })?;
    args::add(lua, &module, "shared.map", |lua, mut args| {
        lua.create_userdata(Map(args.req("name")?)).map(Value::UserData)
    })?;
    Ok(module)
}

struct Counter(String);

impl UserData for Counter {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("add", |lua, this, values: MultiValue| {
            let by: i64 = Args::new("counter:add", values).opt("n")?.unwrap_or(1);
            let before = Host::of(lua)?.shared.counter(&this.0).fetch_add(by, Ordering::Relaxed);
            Ok(before.wrapping_add(by))
        });
        methods.add_method("get", |lua, this, ()| Ok(Host::of(lua)?.shared.counter(&this.0).load(Ordering::Relaxed)));
    }
}

struct Queue {
    name: String,
    capacity: Option<usize>,
}

impl Queue {
    fn open(&self, lua: &Lua) -> Result<Arc<shared::Queue>, Thrown> {
        Host::of(lua)?.shared.queue(&self.name, self.capacity)
    }
}

impl UserData for Queue {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let push = waiting::method("push", |lua, this: UserDataRef<Self>, values: MultiValue| {
            let queue = this.open(&lua);
            async move {
                let mut args = Args::new("queue:push", values);
                let value = plain(&args.value())?;
                let timeout = args.opt("timeout")?;
                Ok(within(timeout, queue?.push(value)).await.is_some())
            }
        });
        fields.add_field("push", push);
        let pop = waiting::method("pop", |lua, this: UserDataRef<Self>, values: MultiValue| {
            let queue = this.open(&lua);
            async move {
                let timeout = Args::new("queue:pop", values).opt("timeout")?;
                match within(timeout, queue?.pop()).await {
                    Some(value) => to_lua(&lua, &value),
                    None => Ok(Value::Nil),
                }
            }
        });
        fields.add_field("pop", pop);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("try_pop", |lua, this, ()| match this.open(lua)?.try_pop() {
            Some(value) => to_lua(lua, &value),
            None => Ok(Value::Nil),
        });
        methods.add_method("try_push", |lua, this, value: Value| Ok(this.open(lua)?.try_push(plain(&value)?)));
        methods.add_method("size", |lua, this, ()| Ok(this.open(lua)?.size()));
    }
}

/// A value for a queue; nil would look like an empty queue to whoever takes it.
fn plain(value: &Value) -> Result<Data, Thrown> {
    match from_lua(value, "the value")? {
        Data::Nil => Err(Thrown::misuse("a queue can't hold nil")),
        value => Ok(value),
    }
}

/// What `work` comes to, unless the time is up before.
async fn within<T>(timeout: Option<Duration>, work: impl Future<Output = T>) -> Option<T> {
    match timeout {
        Some(timeout) => tokio::time::timeout(timeout, work).await.ok(),
        None => Some(work.await),
    }
}

struct Barrier {
    name: String,
    parties: usize,
}

impl UserData for Barrier {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let wait = waiting::method("wait", |lua, this: UserDataRef<Self>, values: MultiValue| {
            let (name, parties) = (this.name.clone(), this.parties);
            async move {
                let timeout = Args::new("barrier:wait", values).opt("timeout")?;
                let barrier = Host::of(&lua)?.shared.barrier(&name, parties)?;
                match within(timeout, barrier.wait()).await {
                    Some(last) => Ok(last),
                    None => {
                        let limit = timeout.unwrap_or_default();
                        Err(Failure::Timeout { what: format!("waiting at barrier `{name}`"), limit }.into())
                    }
                }
            }
        });
        fields.add_field("wait", wait);
    }
}

struct Map(String);

impl Map {
    fn open(&self, lua: &Lua) -> Result<Arc<shared::Map>, Thrown> {
        Ok(Host::of(lua)?.shared.map(&self.0))
    }
}

impl UserData for Map {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("get", |lua, this, values: MultiValue| {
            let key: String = Args::new("map:get", values).req("key")?;
            to_lua(lua, &this.open(lua)?.get(&key))
        });
        methods.add_method("set", |lua, this, values: MultiValue| {
            let mut args = Args::new("map:set", values);
            let key: String = args.req("key")?;
            this.open(lua)?.set(&key, from_lua(&args.value(), "the value")?);
            Ok(())
        });
        methods.add_method("delete", |lua, this, values: MultiValue| {
            let key: String = Args::new("map:delete", values).req("key")?;
            Ok(this.open(lua)?.delete(&key))
        });
        methods.add_method("keys", |lua, this, ()| Ok(this.open(lua)?.keys()));
        methods.add_method("incr", |lua, this, values: MultiValue| {
            let mut args = Args::new("map:incr", values);
            let key: String = args.req("key")?;
            let by = args.opt::<Value>("by")?.map_or(Ok(Data::Int(1)), |by| from_lua(&by, "the amount"))?;
            let sum = this.open(lua)?.update(&key, |before| sum(&key, before, &by))?;
            to_lua(lua, &sum)
        });
        methods.add_method("update", |lua, this, values: MultiValue| {
            let mut args = Args::new("map:update", values);
            let (key, change): (String, Function) = (args.req("key")?, args.req("change")?);
            let after = this.open(lua)?.update(&key, |before| {
                let after: Value = change.call(to_lua(lua, &before)?).map_err(|error| located(error, &change))?;
                Ok::<_, mlua::Error>(from_lua(&after, "the value")?)
            })?;
            to_lua(lua, &after)
        });
    }
}

/// A number more, from 0; whole as long as both are.
fn sum(key: &str, before: Data, by: &Data) -> Result<Data, Thrown> {
    let number = |data: &Data| match data {
        Data::Nil => Some(0.0),
        Data::Int(number) => Some(*number as f64),
        Data::Float(number) => Some(*number),
        _ => None,
    };
    match (&before, by) {
        (Data::Nil, Data::Int(by)) => Ok(Data::Int(*by)),
        (Data::Int(before), Data::Int(by)) => Ok(Data::Int(before.wrapping_add(*by))),
        _ => match (number(&before), number(by)) {
            (Some(before), Some(by)) => Ok(Data::Float(before + by)),
            _ => Err(Thrown::misuse(format!("`map:incr`: key `{key}`: both the value and the amount must be numbers"))),
        },
    }
}
