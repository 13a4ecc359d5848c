//! `listen`: notifications, on a connection of their own.

use std::rc::Rc;
use std::time::Duration;

use mlua::{Lua, MultiValue, UserData, UserDataFields, UserDataRef, Value};
use tokio::sync::Mutex;

use super::client::Client;
use crate::drivers::postgres::{Listener, Notified};
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::waiting;

/// The object that `listen` returns; without a listener once it is closed.
pub(in crate::script::api) struct Handle(Rc<Mutex<Option<Listener>>>);

/// `listen(channel)` or `listen({ channel, … })`.
pub(super) async fn listen(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<Value> {
    let host = client.host();
    let mut arguments = Args::new("listen", arguments);
    let channels = match arguments.value() {
        Value::String(channel) => vec![channel.to_string_lossy()],
        other => Args::new("listen", MultiValue::from_iter([other])).req::<Vec<String>>("channels")?,
    };
    if channels.is_empty() {
        return Err(Thrown::misuse("`listen`: a channel is needed").into());
    }
    let name = client.target_name()?;
    let target = host.plan.targets.postgres.get(&**name).ok_or_else(|| {
        Thrown::misuse_with(format!("the scenario has no PostgreSQL target `{name}`"), "name it in `needs`")
    })?;
    let listener = Listener::open(target, &host.plan.limits, &channels).await.map_err(Thrown::from)?;
    lua.create_userdata(Handle(Rc::new(Mutex::new(Some(listener))))).map(Value::UserData)
}

impl UserData for Handle {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let next = waiting::method("next", |lua, this: UserDataRef<Self>, arguments: MultiValue| {
            let place = this.0.clone();
            async move {
                let timeout: Option<Duration> = Args::new("next", arguments).opt("timeout")?;
                let mut place = place.lock().await;
                let listener = place.as_mut().ok_or_else(|| Thrown::misuse("this listener is closed"))?;
                match next(listener, timeout).await? {
                    Some(notified) => to_lua(&lua, &notified),
                    None => Ok(Value::Nil),
                }
            }
        });
        fields.add_field("next", next);
        let close = waiting::method("close", |_, this: UserDataRef<Self>, ()| {
            let place = this.0.clone();
            async move {
                if let Some(listener) = place.lock().await.take() {
                    listener.close().await;
                }
                Ok(())
            }
        });
        fields.add_field("close", close);
    }
}

/// The next notification; `None` if none came in time.
async fn next(listener: &mut Listener, timeout: Option<Duration>) -> Result<Option<Notified>, Thrown> {
    let notified = match timeout {
        None => listener.next().await,
        Some(limit) => match tokio::time::timeout(limit, listener.next()).await {
            Ok(notified) => notified,
            Err(_) => return Ok(None),
        },
    };
    Ok(Some(notified?))
}

fn to_lua(lua: &Lua, notified: &Notified) -> mlua::Result<Value> {
    let table = lua.create_table_with_capacity(0, 3)?;
    table.raw_set("channel", notified.channel.as_str())?;
    table.raw_set("payload", notified.payload.as_str())?;
    table.raw_set("process_id", notified.process_id)?;
    Ok(Value::Table(table))
}
