//! The object behind `user.pg`, `user.pg.NAME`, and the `tx` of a transaction.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Instant;

use mlua::{Lua, MetaMethod, MultiValue, Table, UserData, UserDataFields, UserDataRef, Value};

use super::call::{Call, Given};
use super::statement::Query;
use super::{bulk, copy, cursor, listen, run, transaction};
use crate::drivers::postgres::{Connection, Cursor, Lease, Param, Pool, Rows};
use crate::drivers::{Departure, Failure};
use crate::plan::nearest::nearest;
use crate::script::asked::{Asked, Took};
use crate::script::blame;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::script::members;
use crate::script::pool_wait;
use crate::script::timeline::Timeline;
use crate::script::user::{Tally, User};
use crate::script::waiting;
use crate::stats::micros;

/// The target behind `user.pg` itself.
const DEFAULT_TARGET: &str = "postgres";

/// What a client can do, for the error about what it can't.
pub(in crate::script::api) const METHODS: &[&str] = &[
    "batch",
    "copy_in",
    "copy_out",
    "cursor",
    "execute",
    "explain",
    "listen",
    "notify",
    "one",
    "pipeline",
    "query",
    "script",
    "transaction",
    "value",
];

/// Reaches PostgreSQL for one user: through a target's pool, or on the connection of a transaction.
#[derive(Clone)]
pub(super) struct Client(Rc<Inner>);

struct Inner {
    host: Rc<Host>,
    user: Rc<User>,
    /// Targets on which this user is within a transaction.
    in_transaction: Rc<RefCell<HashSet<Rc<str>>>>,
    target: Rc<str>,
    route: Route,
}

enum Route {
    /// The target's pool once it was asked for. Lua may keep a client for longer than its user has connections.
    Pool(RefCell<Weak<Pool>>),
    /// A transaction's connection; `None` once the transaction is over.
    Held(RefCell<Option<Rc<Lease>>>),
}

/// Makes `user.pg`.
pub fn object(lua: &Lua, host: &Rc<Host>, user: &Rc<User>) -> mlua::Result<Value> {
    let client = Client(Rc::new(Inner {
        host: host.clone(),
        user: user.clone(),
        in_transaction: Rc::default(),
        target: DEFAULT_TARGET.into(),
        route: Route::Pool(RefCell::default()),
    }));
    client.into_lua(lua)
}

impl UserData for Client {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_meta_field_with(MetaMethod::Index, |lua| {
            members::index(lua, &methods(lua)?, |lua, this: UserDataRef<Self>, name| this.target(lua, name))
        });
    }
}

fn methods(lua: &Lua) -> mlua::Result<Table> {
    let methods = lua.create_table()?;
    // The borrow of the userdata ends before the call waits, so calls may overlap.
    macro_rules! method {
        ($name:literal, $function:path) => {
            let method = waiting::method($name, |lua, this: UserDataRef<Client>, arguments: MultiValue| {
                let client = this.clone();
                async move { $function(&lua, &client, arguments).await }
            });
            methods.raw_set($name, method)?;
        };
    }
    macro_rules! statement_method {
        ($name:literal, $function:path) => {
            let method = waiting::method($name, |lua, this: UserDataRef<Client>, given: Given| {
                let (client, call) = (this.clone(), Call::new(&lua, $name, given));
                async move { $function(&lua, &client, call?).await }
            });
            methods.raw_set($name, method)?;
        };
    }
    statement_method!("query", run::query);
    statement_method!("one", run::one);
    statement_method!("value", run::value);
    statement_method!("execute", run::execute);
    statement_method!("explain", run::explain);
    statement_method!("cursor", cursor::cursor);
    method!("script", run::script);
    method!("notify", run::notify);
    method!("batch", bulk::batch);
    method!("pipeline", bulk::pipeline);
    method!("transaction", transaction::transaction);
    method!("copy_in", copy::copy_in);
    method!("copy_out", copy::copy_out);
    method!("listen", listen::listen);
    Ok(methods)
}

/// A connection in use by one call.
pub(super) enum Borrowed {
    /// Lent by the pool for this call.
    Own(Lease),
    /// A transaction's.
    Held(Rc<Lease>),
}

impl Deref for Borrowed {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Own(lease) => lease,
            Self::Held(lease) => lease,
        }
    }
}

/// How much a result weighs in the figures.
pub(super) trait Measured {
    /// Rows returned or changed.
    fn rows(&self) -> u64;
    /// Bytes sent and received.
    fn bytes(&self) -> u64;
}

impl Measured for Rows {
    fn rows(&self) -> u64 {
        self.affected()
    }

    fn bytes(&self) -> u64 {
        Rows::bytes(self)
    }
}

impl Measured for Cursor {
    fn rows(&self) -> u64 {
        0
    }

    fn bytes(&self) -> u64 {
        0
    }
}

impl Measured for () {
    fn rows(&self) -> u64 {
        0
    }

    fn bytes(&self) -> u64 {
        0
    }
}

/// Rows and bytes.
impl Measured for (u64, u64) {
    fn rows(&self) -> u64 {
        self.0
    }

    fn bytes(&self) -> u64 {
        self.1
    }
}

impl Client {
    /// What surrounds it.
    pub(super) fn host(&self) -> &Rc<Host> {
        &self.0.host
    }

    /// The user it works for.
    pub(super) fn user(&self) -> &Rc<User> {
        &self.0.user
    }

    /// A connection for one call.
    pub(super) async fn connection(&self) -> Result<Borrowed, Thrown> {
        match &self.0.route {
            Route::Pool(_) => Ok(Borrowed::Own(self.acquire().await?)),
            Route::Held(held) => held.borrow().clone().map(Borrowed::Held).ok_or_else(|| {
                Thrown::misuse_with("this transaction is over", "use its `tx` only in the function of the transaction")
            }),
        }
    }

    /// A connection of the target's pool, with the wait for it counted.
    pub(super) async fn acquire(&self) -> Result<Lease, Thrown> {
        let Inner { host, user, in_transaction, target, route } = &*self.0;
        let Route::Pool(known) = route else { return Err(not_on_a_transaction()) };
        if in_transaction.borrow().contains(target) {
            return Err(Thrown::misuse_with(
                "`user.pg` is used within a transaction on the same target, on another connection",
                "use the `tx` that the transaction's function gets",
            ));
        }
        let remembered = known.borrow().upgrade();
        let pool = match remembered {
            Some(pool) => pool,
            None => {
                let pool = host.pools.postgres(target, user)?;
                *known.borrow_mut() = Rc::downgrade(&pool);
                pool
            }
        };
        Ok(pool_wait::lend(host, user, &pool).await?)
    }

    /// The target that it reaches through a pool; an error on a transaction's connection.
    pub(super) fn target_name(&self) -> Result<&Rc<str>, Thrown> {
        match &self.0.route {
            Route::Pool(_) => Ok(&self.0.target),
            Route::Held(_) => Err(not_on_a_transaction()),
        }
    }

    /// A client on the connection of a transaction, for as long as the returned guard lives.
    pub(super) fn hold(&self, target: &Rc<str>, lease: &Rc<Lease>) -> (Self, Holding) {
        let Inner { host, user, in_transaction, .. } = &*self.0;
        in_transaction.borrow_mut().insert(target.clone());
        let client = Self(Rc::new(Inner {
            host: host.clone(),
            user: user.clone(),
            in_transaction: in_transaction.clone(),
            target: target.clone(),
            route: Route::Held(RefCell::new(Some(lease.clone()))),
        }));
        (client.clone(), Holding(client))
    }

    /// Does `work` on a connection, timed, counted under `label` if it has figures of its own, and told to a tracer.
    /// It is taken pinned, so that its room is taken once.
    pub(super) async fn timed<T: Measured>(
        &self,
        connection: &Connection,
        label: &Arc<str>,
        own_figures: bool,
        work: Pin<&mut impl Future<Output = Result<T, Failure>>>,
    ) -> Result<T, Thrown> {
        let asked = self.ask(connection, label, own_figures);
        self.answered(asked, work.await)
    }

    /// Begins to time what is asked of a connection next, counted under `label` if it has figures of its own.
    pub(super) fn ask<'a>(
        &'a self,
        connection: &'a Connection,
        label: &'a Arc<str>,
        own_figures: bool,
    ) -> Asked<'a, &'a Departure> {
        self.ask_by(connection.departure(), label, own_figures)
    }

    /// The same by a clock that knows more than when it left.
    pub(super) fn ask_by<'a, C: Took + std::borrow::Borrow<Departure>>(
        &'a self,
        took: C,
        label: &'a Arc<str>,
        own_figures: bool,
    ) -> Asked<'a, C> {
        let Inner { host, user, target, .. } = &*self.0;
        Asked::begin(host, user, target, label, own_figures, took)
    }

    /// Counts what has come of what was asked, and tells a tracer.
    pub(super) fn answered<T: Measured>(
        &self,
        asked: Asked<'_, impl Took>,
        result: Result<T, Failure>,
    ) -> Result<T, Thrown> {
        let Inner { host, user, .. } = &*self.0;
        let label = asked.label();
        let (rows, bytes) = result.as_ref().map_or((0, 0), |done| (done.rows(), done.bytes()));
        let time_us = asked.end(rows, result.is_ok());
        Tally::add(&user.tally.bytes, bytes);
        match result {
            Ok(done) => {
                host.trace(label, time_us, rows, None);
                Ok(done)
            }
            Err(failure) => {
                if host.is_traced() {
                    host.trace(label, time_us, rows, Some(&failure.to_string()));
                }
                Err(blame::statement(label, failure).into())
            }
        }
    }

    /// When an execution begins of which the parameters may be kept; none if they are not.
    pub(super) fn watched(&self, query: &Query) -> Option<Instant> {
        (query.labelled && self.0.host.exemplars.are_kept()).then(Instant::now)
    }

    /// Keeps the parameters of an execution that began then, if it is measured and the slowest of its statement.
    pub(super) fn keep(&self, begun: Option<Instant>, query: &Query, params: &[Param]) {
        let Some(begun) = begun else { return };
        let Inner { host, user, target, .. } = &*self.0;
        let phase = user.phase.get().unwrap_or_else(|| host.timeline.phase_at(begun));
        if Timeline::is_measured(phase) {
            host.exemplars.see(target, &query.statement, params, micros(begun.elapsed()));
        }
    }

    /// Makes the object that scripts get.
    pub(super) fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        lua.create_userdata(self).map(Value::UserData)
    }

    /// `user.pg.NAME`: another target of that name.
    fn target(&self, lua: &Lua, name: &Value) -> mlua::Result<Value> {
        let Inner { host, user, in_transaction, route, .. } = &*self.0;
        let Some(name) = name.as_string().map(|name| name.to_string_lossy()) else {
            return Err(Thrown::misuse(format!("`user.pg` has no field {}", describe(name))).into());
        };
        let targets = &host.plan.targets.postgres;
        if targets.contains_key(&name) && matches!(route, Route::Pool(_)) {
            let client = Self(Rc::new(Inner {
                host: host.clone(),
                user: user.clone(),
                in_transaction: in_transaction.clone(),
                target: name.into(),
                route: Route::Pool(RefCell::default()),
            }));
            return client.into_lua(lua);
        }
        let message = format!("`user.pg` has neither a method nor a target `{name}`");
        let known = METHODS.iter().copied().chain(targets.keys().map(String::as_str));
        Err(match nearest(&name, known) {
            Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")),
            None => Thrown::misuse_with(message, format!("it can: {}", METHODS.join(", "))),
        }
        .into())
    }
}

fn not_on_a_transaction() -> Thrown {
    Thrown::misuse_with(
        "this can't be done on the connection of a transaction",
        "use SAVEPOINT for a transaction within a transaction, and `user.pg` outside of it for the rest",
    )
}

/// While it lives, the user's transaction lasts; afterwards its `tx` is of no use.
pub(super) struct Holding(Client);

impl Drop for Holding {
    fn drop(&mut self) {
        let Inner { in_transaction, target, route, .. } = &*self.0.0;
        if let Route::Held(held) = route {
            held.borrow_mut().take();
        }
        in_transaction.borrow_mut().remove(target);
    }
}
