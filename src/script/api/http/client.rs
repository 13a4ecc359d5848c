//! The object behind `user.http` and `user.http.NAME`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use mlua::{Lua, MetaMethod, MultiValue, UserData, UserDataFields, UserDataMethods, UserDataRef, Value};

use super::options::Defaults;
use super::{exchange, request};
use crate::drivers::http::{Jar, Lease, Method, Pool};
use crate::plan::nearest::nearest;
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::script::pool_wait;
use crate::script::user::User;
use crate::script::waiting;

/// The target behind `user.http` itself.
pub(in crate::script::api) const DEFAULT_TARGET: &str = "http";

/// What a client can do, for the error about what it can't.
pub(in crate::script::api) const METHODS: &[&str] =
    &["clear_cookies", "cookies", "delete", "get", "head", "options", "patch", "post", "put", "request", "with"];

/// Sends requests for one user. Cloning gives another handle with the same cookies.
#[derive(Clone)]
pub(super) struct Client {
    user: Rc<User>,
    target: Rc<str>,
    /// The target's pool once it was asked for. Lua may keep a client for longer than its user has connections.
    known: Rc<RefCell<Weak<Pool>>>,
    jar: Rc<RefCell<Jar>>,
    defaults: Rc<Defaults>,
}

/// Makes `user.http`.
pub fn object(lua: &Lua, _: &Rc<Host>, user: &Rc<User>) -> mlua::Result<Value> {
    Client::new(user, DEFAULT_TARGET).into_lua(lua)
}

impl UserData for Client {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        macro_rules! method {
            ($name:literal, $function:literal, $method:expr) => {
                let method = waiting::method($name, |lua, this: UserDataRef<Self>, values: MultiValue| {
                    let client = this.clone();
                    async move { client.send(&lua, Some($method), Args::new($function, values)).await }
                });
                fields.add_field($name, method);
            };
        }
        method!("get", "http:get", Method::GET);
        method!("post", "http:post", Method::POST);
        method!("put", "http:put", Method::PUT);
        method!("patch", "http:patch", Method::PATCH);
        method!("delete", "http:delete", Method::DELETE);
        method!("head", "http:head", Method::HEAD);
        method!("options", "http:options", Method::OPTIONS);
        let any = waiting::method("request", |lua, this: UserDataRef<Self>, values: MultiValue| {
            let client = this.clone();
            async move { client.send(&lua, None, Args::new("http:request", values)).await }
        });
        fields.add_field("request", any);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("with", |lua, this, values: MultiValue| {
            let options = Args::new("http:with", values).options()?;
            let defaults = Rc::new(this.defaults.over(options)?);
            Self { defaults, ..this.clone() }.into_lua(lua)
        });
        methods.add_method("cookies", |lua, this, ()| lua.create_table_from(this.jar.borrow().pairs()));
        methods.add_method("clear_cookies", |_, this, ()| {
            this.jar.borrow_mut().clear();
            Ok(())
        });
        methods.add_meta_method(MetaMethod::Index, |lua, this, name: Value| this.member(lua, &name));
    }
}

impl Client {
    fn new(user: &Rc<User>, target: &str) -> Self {
        let (user, jar) = (user.clone(), user.jar(target));
        Self { user, target: target.into(), known: Rc::default(), jar, defaults: Rc::default() }
    }

    /// The user it sends for.
    pub(super) fn user(&self) -> &Rc<User> {
        &self.user
    }

    /// The target's name.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// The user's cookies at this target.
    pub(super) fn jar(&self) -> &RefCell<Jar> {
        &self.jar
    }

    /// What its requests have in common.
    pub(super) fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// The target's pool.
    pub(super) fn pool(&self, host: &Host) -> Result<Rc<Pool>, Thrown> {
        let known = self.known.borrow().upgrade();
        if let Some(pool) = known {
            return Ok(pool);
        }
        let pool = host.pools.http(&self.target, &self.user)?;
        *self.known.borrow_mut() = Rc::downgrade(&pool);
        Ok(pool)
    }

    /// A connection of the pool, with the wait for it counted.
    pub(super) async fn acquire(&self, host: &Host, pool: &Pool) -> Result<Lease, Thrown> {
        Ok(pool_wait::lend(host, &self.user, pool).await?)
    }

    /// One call of a method.
    async fn send(&self, lua: &Lua, method: Option<Method>, mut args: Args) -> mlua::Result<Value> {
        let method = match method {
            Some(method) => method,
            None => {
                let name: String = args.req("method")?;
                Method::from_bytes(name.to_ascii_uppercase().as_bytes())
                    .map_err(|_| args.misuse("method", &format!("`{name}` is no method of HTTP")))?
            }
        };
        let host = Host::of(lua)?;
        let pool = self.pool(&host)?;
        let request = request::read(lua, self, pool.address(), method, args)?;
        // Boxed, because the state of a whole exchange is large, and each waiting user has one.
        let response = Box::pin(exchange::perform(lua, &host, self, &pool, request)).await?;
        lua.create_userdata(response).map(Value::UserData)
    }

    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        lua.create_userdata(self).map(Value::UserData)
    }

    /// Another target of that name.
    fn member(&self, lua: &Lua, name: &Value) -> mlua::Result<Value> {
        let Value::String(text) = name else {
            return Err(Thrown::misuse(format!("`user.http` has no {}", describe(name))).into());
        };
        let name = text.to_string_lossy();
        let host = Host::of(lua)?;
        let targets = &host.plan.targets.http;
        if targets.contains_key(&name) {
            return Self::new(&self.user, &name).into_lua(lua);
        }
        let message = format!("`user.http` has no method or target `{name}`");
        let known = METHODS.iter().copied().chain(targets.keys().map(String::as_str));
        Err(match nearest(&name, known) {
            Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")),
            None => Thrown::misuse_with(message, format!("a further target is named in `needs`: `{name} = \"http\"`")),
        }
        .into())
    }
}
