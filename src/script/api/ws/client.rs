//! The object behind `user.ws` and `user.ws.NAME`.

use std::rc::Rc;
use std::time::Instant;

use mlua::{Lua, MetaMethod, MultiValue, UserData, UserDataFields, UserDataMethods, UserDataRef, Value};

use super::options::Options;
use super::socket::Socket;
use crate::clock::within;
use crate::drivers::Failure;
use crate::drivers::http::header::COOKIE;
use crate::drivers::ws::WebSocket;
use crate::plan::nearest::nearest;
use crate::script::api::http::{DEFAULT_TARGET, Label, Route};
use crate::script::args::Args;
use crate::script::asked::Asked;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::script::user::User;
use crate::script::waiting;

/// What a client can do, for the error about what it can't.
pub(in crate::script::api) const METHODS: &[&str] = &["connect"];

/// Opens sockets for one user.
#[derive(Clone)]
pub(super) struct Client {
    user: Rc<User>,
    target: Rc<str>,
}

/// Makes `user.ws`.
pub fn object(lua: &Lua, _: &Rc<Host>, user: &Rc<User>) -> mlua::Result<Value> {
    lua.create_userdata(Client { user: user.clone(), target: DEFAULT_TARGET.into() }).map(Value::UserData)
}

impl UserData for Client {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let connect = waiting::method("connect", |lua, this: UserDataRef<Self>, values: MultiValue| {
            let client = this.clone();
            async move { client.connect(&lua, Args::new("ws:connect", values)).await }
        });
        fields.add_field("connect", connect);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Index, |lua, this, name: Value| this.member(lua, &name));
    }
}

impl Client {
    async fn connect(&self, lua: &Lua, mut args: Args) -> mlua::Result<Value> {
        let host = Host::of(lua)?;
        let template: String = args.req("path")?;
        let options = Options::read(args.options()?)?;
        let pool = host.pools.http(&self.target, &self.user)?;
        let address = pool.address();
        let route = Route::find(address, "", &template, options.path.as_ref(), options.query.as_ref());
        let route = route.map_err(|wrong| wrong.thrown(&args, &self.target))?;
        let name = options.name.unwrap_or_else(|| route.label("WS"));
        let label = Label::of(lua, &self.target, &name);
        let mut headers = options.headers;
        let jar = self.user.jar(&self.target);
        if options.cookies && !jar.borrow().is_empty() {
            let cookies = jar.borrow().header(&address.url_of(&route.uri));
            headers.extend(cookies.map(|cookies| (COOKIE, cookies)));
        }
        let limit = options.timeout.unwrap_or(host.plan.limits.statement);
        let asked = Asked::timed(&host, &self.user, &self.target, &label.text, Instant::now());
        // Boxed, because the state of shaking hands is large, and each waiting user has one.
        let opening = Box::pin(WebSocket::open(address, &route.uri, headers, options.max_size));
        let opened = within(limit, opening)
            .await
            .unwrap_or_else(|_| Err(Failure::Timeout { what: format!("WebSocket `{name}`"), limit }));
        let time_us = asked.end(0, opened.is_ok());
        if host.is_traced() {
            let error = opened.as_ref().err().map(ToString::to_string);
            host.trace(&format!("WS {}", route.uri), time_us, 0, error.as_deref());
        }
        let (socket, steps) = opened?;
        label.opened(&host, steps);
        Socket::new(&self.user, &self.target, &label, socket).into_lua(lua)
    }

    /// Another target of that name.
    fn member(&self, lua: &Lua, name: &Value) -> mlua::Result<Value> {
        let Value::String(text) = name else {
            return Err(Thrown::misuse(format!("`user.ws` has no {}", describe(name))).into());
        };
        let name = text.to_string_lossy();
        let host = Host::of(lua)?;
        let targets = &host.plan.targets.http;
        if targets.contains_key(&name) {
            let client = Self { user: self.user.clone(), target: name.into() };
            return lua.create_userdata(client).map(Value::UserData);
        }
        let message = format!("`user.ws` has no method or target `{name}`");
        let known = METHODS.iter().copied().chain(targets.keys().map(String::as_str));
        Err(match nearest(&name, known) {
            Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")),
            None => Thrown::misuse_with(message, format!("a further target is named in `needs`: `{name} = \"http\"`")),
        }
        .into())
    }
}
