//! An open WebSocket as a script has it.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mlua::{
    Function, IntoLua, Lua, LuaString, MultiValue, UserData, UserDataFields, UserDataMethods, UserDataRef, Value,
};

use crate::clock::within;
use crate::drivers::Failure;
use crate::drivers::http::HttpFault;
use crate::drivers::ws::{Received, WebSocket};
use crate::script::api::held::{Borrowed, Held};
use crate::script::api::http::Label;
use crate::script::api::json;
use crate::script::args::Args;
use crate::script::asked::Asked;
use crate::script::error::Thrown;
use crate::script::host::{Execution, Host};
use crate::script::user::{Ends, Tally, User};
use crate::script::waiting;
use crate::stats::{MetricKey, MetricKind, micros};

/// What can be done with a socket, beside reading its fields.
#[cfg(test)]
pub(in crate::script::api) const METHODS: &[&str] =
    &["close", "messages", "ping", "receive", "receive_json", "send", "send_binary", "send_json"];

/// The code of a farewell without a grievance (RFC 6455, section 7.4.1).
const NORMAL: u16 = 1000;

/// Codes with which a loop over messages ends as it should: a farewell, somebody who goes away, and one who gives no code.
const QUIET: [u16; 3] = [NORMAL, 1001, 1005];

/// A socket with what is counted about it.
#[derive(Clone)]
pub(super) struct Socket(Rc<Inner>);

struct Inner {
    user: Rc<User>,
    target: Rc<str>,
    receiving: Arc<str>,
    pinging: Arc<str>,
    sent: MetricKey,
    received: MetricKey,
    protocol: Option<String>,
    held: Held<WebSocket>,
}

impl Ends for Inner {
    fn end(&self) {
        // Its own drop says farewell.
        drop(self.held.close());
    }
}

impl UserData for Socket {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("protocol", |_, this| Ok(this.0.protocol.clone()));
        fields
            .add_field_method_get("is_open", |_, this| Ok(this.0.held.borrow().is_some_and(|socket| socket.is_open())));
        macro_rules! method {
            ($name:literal, $function:literal, $work:ident) => {
                let method = waiting::method($name, |lua, this: UserDataRef<Self>, values: MultiValue| {
                    let socket = this.clone();
                    async move { socket.$work(&lua, Args::new($function, values)).await }
                });
                fields.add_field($name, method);
            };
        }
        method!("send", "socket:send", send);
        method!("send_binary", "socket:send_binary", send_binary);
        method!("send_json", "socket:send_json", send_json);
        method!("receive", "socket:receive", receive);
        method!("receive_json", "socket:receive_json", receive_json);
        method!("ping", "socket:ping", ping);
        method!("close", "socket:close", close);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("messages", |lua, this, values: MultiValue| {
            let limit: Option<Duration> = Args::new("socket:messages", values).opt("timeout")?;
            this.messages(lua, limit)
        });
    }
}

impl Socket {
    /// A socket that ends with its user at the latest.
    pub(super) fn new(user: &Rc<User>, target: &Rc<str>, label: &Label, socket: WebSocket) -> Self {
        let count = |direction: &str| {
            let mut tags = label.tags().to_vec();
            tags.insert(0, ("direction".to_owned(), direction.to_owned()));
            MetricKey { name: "ws_messages".to_owned(), kind: MetricKind::Counter, tags }
        };
        let inner = Rc::new(Inner {
            user: user.clone(),
            target: target.clone(),
            receiving: format!("{} receive", label.text).into(),
            pinging: format!("{} ping", label.text).into(),
            sent: count("sent"),
            received: count("received"),
            protocol: socket.protocol().map(str::to_owned),
            held: Held::new(socket),
        });
        let ends: Rc<dyn Ends> = inner.clone();
        user.ends_with_it(&ends);
        Self(inner)
    }

    pub(super) fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        lua.create_userdata(self).map(Value::UserData)
    }

    fn borrow(&self) -> Result<Borrowed<WebSocket>, Thrown> {
        self.0.held.borrow().ok_or_else(|| {
            Thrown::misuse_with(
                "this WebSocket is closed, or in use by another call",
                "open one with `user.ws:connect`",
            )
        })
    }

    fn count_bytes(&self, socket: &mut WebSocket) {
        Tally::add(&self.0.user.tally.bytes, socket.take_bytes());
    }

    async fn put(&self, lua: &Lua, message: Received) -> mlua::Result<()> {
        let host = Host::of(lua)?;
        let mut socket = self.borrow()?;
        let limit = host.plan.limits.statement;
        let sent = within(limit, socket.send(message)).await;
        self.count_bytes(&mut socket);
        sent.unwrap_or_else(|_| Err(Failure::Timeout { what: "sending a message".to_owned(), limit }))?;
        host.count_metric(&self.0.sent, 1.0);
        Ok(())
    }

    async fn send(&self, lua: &Lua, mut args: Args) -> mlua::Result<()> {
        let text = args.req::<String>("message")?;
        self.put(lua, Received::Text(text)).await
    }

    async fn send_binary(&self, lua: &Lua, mut args: Args) -> mlua::Result<()> {
        let bytes = args.req::<LuaString>("message")?.as_bytes().to_vec();
        self.put(lua, Received::Binary(bytes.into())).await
    }

    async fn send_json(&self, lua: &Lua, mut args: Args) -> mlua::Result<()> {
        let text = json::encode(lua, &args.value())?.to_string();
        self.put(lua, Received::Text(text)).await
    }

    /// The next message, counted as a statement of its own; `None` if none came in time.
    async fn take(&self, host: &Host, limit: Option<Duration>) -> mlua::Result<Option<Received>> {
        let mut socket = self.borrow()?;
        let started = Instant::now();
        let received = match limit {
            None => Some(socket.receive().await),
            Some(limit) => within(limit, socket.receive()).await.ok(),
        };
        self.count_bytes(&mut socket);
        let time_us = micros(started.elapsed());
        // That nothing came is no service of the server.
        let Some(received) = received else { return Ok(None) };
        Tally::add(&self.0.user.tally.target_us, time_us);
        let execution = Execution { started, time_us, rows: 0, succeeded: received.is_ok() };
        host.count_statement(&self.0.user, &self.0.target, &self.0.receiving, &execution);
        let received = received?;
        host.count_metric(&self.0.received, 1.0);
        Ok(Some(received))
    }

    async fn receive(&self, lua: &Lua, mut args: Args) -> mlua::Result<MultiValue> {
        let limit = args.opt("timeout")?;
        let received = self.take(&*Host::of(lua)?, limit).await?;
        received.map_or(Ok(MultiValue::new()), |received| to_lua(lua, received))
    }

    async fn receive_json(&self, lua: &Lua, mut args: Args) -> mlua::Result<Value> {
        let limit = args.opt("timeout")?;
        let Some(received) = self.take(&*Host::of(lua)?, limit).await? else { return Ok(Value::Nil) };
        let bytes = match &received {
            Received::Text(text) => text.as_bytes(),
            Received::Binary(bytes) => bytes,
        };
        let value: serde_json::Value = serde_json::from_slice(bytes)
            .map_err(|error| Thrown::raised("bad_json", format!("the message is not JSON: {error}")))?;
        json::decode(lua, &value)
    }

    /// The function that a loop calls for each message, until one takes longer than `limit` or the other side says
    /// farewell as it should.
    fn messages(&self, lua: &Lua, limit: Option<Duration>) -> mlua::Result<Function> {
        let socket = self.clone();
        waiting::function(lua, move |lua, _: MultiValue| {
            let socket = socket.clone();
            async move {
                match socket.take(&*Host::of(&lua)?, limit).await {
                    Ok(Some(received)) => to_lua(&lua, received),
                    Ok(None) => Ok(MultiValue::new()),
                    Err(error) if is_quiet(&error) => Ok(MultiValue::new()),
                    Err(error) => Err(error),
                }
            }
        })
    }

    async fn ping(&self, lua: &Lua, mut args: Args) -> mlua::Result<Value> {
        let host = Host::of(lua)?;
        let limit = args.opt("timeout")?.unwrap_or(host.plan.limits.statement);
        let mut socket = self.borrow()?;
        let started = Instant::now();
        let own = &*self.0;
        let asked = Asked::timed(&host, &own.user, &own.target, &own.pinging, started);
        let answered = within(limit, socket.ping()).await;
        self.count_bytes(&mut socket);
        let time = started.elapsed();
        let answered =
            answered.unwrap_or_else(|_| Err(Failure::Timeout { what: "the answer to a ping".to_owned(), limit }));
        asked.end(0, answered.is_ok());
        answered?;
        Ok(Value::Number(time.as_secs_f64()))
    }

    async fn close(&self, lua: &Lua, mut args: Args) -> mlua::Result<Value> {
        let code: Option<u64> = args.opt("code")?;
        let reason: Option<String> = args.opt("reason")?;
        let code = u16::try_from(code.unwrap_or(NORMAL.into())).ok().filter(|code| (1000..5000).contains(code));
        let code = code.ok_or_else(|| args.misuse("code", "codes are from 1000 to 4999"))?;
        let Some(mut socket) = self.0.held.close() else { return Ok(Value::Nil) };
        if !socket.is_open() {
            return Ok(Value::Nil);
        }
        let limit = Host::of(lua)?.plan.limits.connect;
        let closed = within(limit, socket.close(code, reason.as_deref().unwrap_or_default())).await;
        self.count_bytes(&mut socket);
        let closed =
            closed.unwrap_or_else(|_| Err(Failure::Timeout { what: "the answer to a farewell".to_owned(), limit }));
        Ok(Value::Integer(closed?.into()))
    }
}

/// Whether an error is the other side's farewell, as it should be.
fn is_quiet(error: &mlua::Error) -> bool {
    let thrown = crate::script::error::thrown(error);
    matches!(thrown, Some(Thrown::Failure(Failure::Http { fault: HttpFault::Closed(code), .. })) if QUIET.contains(code))
}

/// A message and its kind.
fn to_lua(lua: &Lua, received: Received) -> mlua::Result<MultiValue> {
    let (bytes, kind) = match &received {
        Received::Text(text) => (text.as_bytes(), "text"),
        Received::Binary(bytes) => (&bytes[..], "binary"),
    };
    Ok(MultiValue::from_iter([Value::String(lua.create_string(bytes)?), kind.into_lua(lua)?]))
}
