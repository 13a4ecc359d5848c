//! The object behind `user.redis` and `user.redis.NAME`.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use mlua::{Function, Lua, MetaMethod, MultiValue, Table, UserData, UserDataFields, UserDataRef, Value};

use super::{arguments, pipeline, reply, script, subscription, transaction};
use crate::drivers::Failure;
use crate::drivers::redis::{Command, Connection, Lease, Pool, Verb};
use crate::script::api::held::{Borrowed, Held};
use crate::script::args::Args;
use crate::script::asked::Asked;
use crate::script::blame;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::script::members;
use crate::script::pool_wait;
use crate::script::user::{Tally, User};
use crate::script::waiting;

/// The target behind `user.redis` itself.
const DEFAULT_TARGET: &str = "redis";

/// What the labels of commands begin with.
const PREFIX: &str = "redis.";

/// Sends commands for one user: through a target's pool, or on one connection that a transaction holds.
#[derive(Clone)]
pub(super) struct Client {
    user: Rc<User>,
    /// Targets on which this user is within a transaction.
    in_transaction: Rc<RefCell<HashSet<Rc<str>>>>,
    target: Rc<str>,
    /// The target's pool once it was asked for. Lua may keep a client for longer than its user has connections.
    known: Rc<RefCell<Weak<Pool>>>,
    route: Route,
}

#[derive(Clone)]
enum Route {
    Pool,
    Held(Held<Lease>),
}

/// Makes `user.redis`.
pub fn object(lua: &Lua, _: &Rc<Host>, user: &Rc<User>) -> mlua::Result<Value> {
    let target = DEFAULT_TARGET.into();
    let (in_transaction, known) = (Rc::default(), Rc::default());
    Client { user: user.clone(), in_transaction, target, known, route: Route::Pool }.into_lua(lua)
}

impl UserData for Client {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field_with(MetaMethod::Index, |lua| {
            let members = members_of_all(lua)?;
            let senders = members.clone();
            let other = move |lua: &Lua, this: UserDataRef<Self>, name: &Value| this.member(lua, &senders, name);
            members::index(lua, &members, other)
        });
    }
}

/// What all clients of a state can do: what is no command, and commands that were sent before.
fn members_of_all(lua: &Lua) -> mlua::Result<Table> {
    let members = lua.create_table()?;
    let call = waiting::method("call", |lua, this: UserDataRef<Client>, mut values: MultiValue| {
        let client = this.clone();
        async move {
            let name: String = Args::new("redis:call", values.pop_front().into_iter().collect()).req("command")?;
            let command = arguments::command(&Verb::new(name.as_bytes()), &values)?;
            let reply = client.send(&lua, &label(&name.to_ascii_lowercase()), &command).await?;
            // `call` gives the reply as it is.
            if reply == crate::drivers::redis::Value::Nil { Ok(Value::Nil) } else { reply::plain(&lua, &reply) }
        }
    });
    members.raw_set("call", call)?;
    // The work of a pipeline, a transaction and a subscription, each with its options.
    macro_rules! method {
        ($name:literal, $function:path) => {
            let method = waiting::method($name, |lua, this: UserDataRef<Client>, (work, options): (Value, Value)| {
                let client = this.clone();
                async move { $function(&lua, &client, work, options).await }
            });
            members.raw_set($name, method)?;
        };
    }
    method!("pipeline", pipeline::run);
    method!("transaction", transaction::run);
    method!("subscribe", subscription::open);
    let make_script = |lua: &Lua, (this, source): (UserDataRef<Client>, Value)| script::object(lua, &this, &source);
    members.raw_set("script", lua.create_function(make_script)?)?;
    Ok(members)
}

impl Client {
    /// A client on the connection of a transaction, for as long as the returned guard lives.
    pub(super) fn hold(&self, lease: Lease) -> (Self, Holding) {
        let held = Held::new(lease);
        self.in_transaction.borrow_mut().insert(self.target.clone());
        let client = Self { route: Route::Held(held.clone()), ..self.clone() };
        (client, Holding { held, in_transaction: self.in_transaction.clone(), target: self.target.clone() })
    }

    /// The user it sends for.
    pub(super) fn user(&self) -> &Rc<User> {
        &self.user
    }

    /// The target's pool.
    pub(super) fn pool(&self, host: &Host) -> Result<Rc<Pool>, Thrown> {
        match &self.route {
            Route::Pool => {
                let known = self.known.borrow().upgrade();
                if let Some(pool) = known {
                    return Ok(pool);
                }
                let pool = host.pools.redis(&self.target, &self.user)?;
                *self.known.borrow_mut() = Rc::downgrade(&pool);
                Ok(pool)
            }
            Route::Held(_) => Err(Thrown::misuse_with(
                "this can't be done on the connection of a transaction",
                "use `user.redis` for it",
            )),
        }
    }

    /// A connection of the pool, with the wait for it counted.
    pub(super) async fn acquire(&self, host: &Host) -> Result<Lease, Thrown> {
        let pool = self.pool(host)?;
        if matches!(self.route, Route::Pool) && self.in_transaction.borrow().contains(&self.target) {
            return Err(Thrown::misuse_with(
                "`user.redis` is used within a transaction on the same target, on another connection",
                "use the `tx` and `now` that the transaction's function gets",
            ));
        }
        Ok(pool_wait::lend(host, &self.user, &pool).await?)
    }

    /// Sends one command and gives its reply.
    pub(super) async fn send(
        &self,
        lua: &Lua,
        label: &Arc<str>,
        command: &Command,
    ) -> mlua::Result<crate::drivers::redis::Value> {
        let work = async |connection: &mut Connection, limit| connection.call(command, limit).await;
        self.on_connection(lua, label, || command.to_string(), work).await
    }

    /// Does `work` on a connection, timed and counted under `label`; `what` says to a tracer what it was.
    pub(super) async fn on_connection<T>(
        &self,
        lua: &Lua,
        label: &Arc<str>,
        what: impl FnOnce() -> String,
        work: impl AsyncFnOnce(&mut Connection, Duration) -> Result<T, Failure>,
    ) -> mlua::Result<T> {
        let host = Host::of(lua)?;
        let mut lease = match &self.route {
            Route::Pool => Borrowed::own(self.acquire(&host).await?),
            Route::Held(held) => held.borrow().ok_or_else(|| {
                Thrown::misuse_with("the transaction of this connection is over", "use `user.redis` outside of it")
            })?,
        };
        let asked = Asked::begin(&host, &self.user, &self.target, label, true, lease.departure());
        let result = work(&mut lease, host.plan.limits.statement).await;
        let time_us = asked.end(0, result.is_ok());
        Tally::add(&self.user.tally.bytes, lease.take_bytes());
        if host.is_traced() {
            let error = result.as_ref().err().map(ToString::to_string);
            host.trace(&what(), time_us, 0, error.as_deref());
        }
        Ok(result.map_err(|failure| blame::command(label.strip_prefix(PREFIX).unwrap_or(label), failure))?)
    }

    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        lua.create_userdata(self).map(Value::UserData)
    }

    /// Another target of that name, or the method that sends the command of that name.
    fn member(&self, lua: &Lua, senders: &Table, name: &Value) -> mlua::Result<Value> {
        let Value::String(text) = name else {
            return Err(Thrown::misuse(format!("`user.redis` has no {}", describe(name))).into());
        };
        let name = text.to_string_lossy();
        let is_target = Host::of(lua).is_ok_and(|host| host.plan.targets.redis.contains_key(&name));
        match &self.route {
            Route::Pool if is_target => {
                Self { target: name.into(), known: Rc::default(), ..self.clone() }.into_lua(lua)
            }
            // Not kept, or the target would not be found any more where it is meant.
            Route::Held(_) if is_target => sender(lua, name).map(Value::Function),
            _ => {
                let sender = sender(lua, name)?;
                senders.raw_set(text, &sender)?;
                Ok(Value::Function(sender))
            }
        }
    }
}

/// While it lives, the user's transaction lasts; afterwards its client is of no use, and the user reaches the
/// target through the pool again. The client itself lives until Lua sweeps its memory, which must not keep the
/// connection from others.
pub(super) struct Holding {
    held: Held<Lease>,
    in_transaction: Rc<RefCell<HashSet<Rc<str>>>>,
    target: Rc<str>,
}

impl Holding {
    /// Ends it, with the connection.
    pub(super) fn end(self) -> Option<Lease> {
        self.held.close()
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        drop(self.held.close());
        self.in_transaction.borrow_mut().remove(&self.target);
    }
}

/// The function that sends command `name`.
fn sender(lua: &Lua, name: String) -> mlua::Result<Function> {
    let name = name.to_ascii_lowercase();
    let sent = Rc::new(Sent { verb: Verb::new(name.as_bytes()), label: label(&name), name });
    waiting::function(lua, move |lua, (this, values): (Value, MultiValue)| {
        let sent = sent.clone();
        async move {
            let client = of(&this, &sent.name)?;
            let command = arguments::command(&sent.verb, &values)?;
            let reply = client.send(&lua, &sent.label, &command).await?;
            reply::to_lua(&lua, &sent.name, &reply)
        }
    })
}

/// What all calls of one command share.
struct Sent {
    verb: Verb,
    label: Arc<str>,
    /// In small letters.
    name: String,
}

/// The name under which a command's figures are kept.
pub(super) fn label(name: &str) -> Arc<str> {
    format!("{PREFIX}{name}").into()
}

fn of(this: &Value, name: &str) -> Result<Client, Thrown> {
    this.as_userdata().and_then(|object| object.borrow::<Client>().ok()).map(|client| client.clone()).ok_or_else(|| {
        Thrown::misuse_with(format!("`{name}` is a method"), format!("call it with a colon: `user.redis:{name}(…)`"))
    })
}
