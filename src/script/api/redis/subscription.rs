//! `redis:subscribe(…)`: messages that others publish.

use std::rc::Rc;

use mlua::{Lua, Table, UserData, UserDataFields, UserDataMethods, UserDataRef, Value};

use super::arguments::strings;
use super::client::Client;
use crate::drivers::redis::{Message, Subscription};
use crate::script::api::held::{Borrowed, Held};
use crate::script::api::user::duration;
use crate::script::error::Thrown;
use crate::script::fields::{Fields, describe};
use crate::script::host::Host;
use crate::script::user::{Tally, User};
use crate::script::waiting;

/// A subscription as a script has it.
pub(in crate::script::api) struct Subscribed {
    user: Rc<User>,
    held: Held<Subscription>,
}

/// Subscribes to channels, and to the patterns of option `patterns`, on a connection of its own.
pub(super) async fn open(lua: &Lua, client: &Client, channels: Value, options: Value) -> mlua::Result<Value> {
    let channels = strings(&channels, "`subscribe`: channels")?;
    let patterns = match options {
        Value::Nil => Vec::new(),
        Value::Table(table) => {
            let mut fields = Fields::new(table, "options of subscribe");
            let patterns = fields.opt::<Value>("patterns")?.unwrap_or(Value::Nil);
            fields.finish()?;
            strings(&patterns, "`options of subscribe.patterns`")?
        }
        other => {
            return Err(Thrown::misuse_with(
                format!("options of subscribe: expected a table, got {}", describe(&other)),
                "several channels are one list: `subscribe({ \"a\", \"b\" })`",
            )
            .into());
        }
    };
    if channels.is_empty() && patterns.is_empty() {
        return Err(Thrown::misuse_with(
            "`subscribe`: a channel is needed",
            "name channels first, or patterns in the options: `subscribe(nil, { patterns = \"news.*\" })`",
        )
        .into());
    }
    let host = Host::of(lua)?;
    let subscription = client.pool(&host)?.subscribe(&channels, &patterns).await?;
    lua.create_userdata(Subscribed { user: client.user().clone(), held: Held::new(subscription) }).map(Value::UserData)
}

impl UserData for Subscribed {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let next = waiting::method("next", |lua, this: UserDataRef<Self>, limit: Value| {
            let (user, subscription) = (this.user.clone(), this.borrow());
            async move {
                let limit = if limit.is_nil() { None } else { Some(duration("next", &limit)?) };
                match subscription?.next(limit).await? {
                    Some(message) => {
                        Tally::add(&user.tally.bytes, (message.channel.len() + message.payload.len()) as u64);
                        to_lua(&lua, &message).map(Some)
                    }
                    None => Ok(None),
                }
            }
        });
        fields.add_field("next", next);
        let subscribe = waiting::method("subscribe", |_, this: UserDataRef<Self>, channels: Value| {
            let subscription = this.borrow();
            async move { Ok(subscription?.subscribe(&strings(&channels, "`subscribe`: channels")?).await?) }
        });
        fields.add_field("subscribe", subscribe);
        let unsubscribe = waiting::method("unsubscribe", |_, this: UserDataRef<Self>, channels: Value| {
            let subscription = this.borrow();
            async move { Ok(subscription?.unsubscribe(&strings(&channels, "`unsubscribe`: channels")?).await?) }
        });
        fields.add_field("unsubscribe", unsubscribe);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("close", |_, this, ()| {
            this.held.close();
            Ok(())
        });
    }
}

impl Subscribed {
    fn borrow(&self) -> Result<Borrowed<Subscription>, Thrown> {
        self.held.borrow().ok_or_else(|| Thrown::misuse("the subscription is closed"))
    }
}

fn to_lua(lua: &Lua, message: &Message) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    table.raw_set("channel", lua.create_string(&message.channel)?)?;
    if let Some(pattern) = &message.pattern {
        table.raw_set("pattern", lua.create_string(pattern)?)?;
    }
    table.raw_set("payload", lua.create_string(&message.payload)?)?;
    Ok(table)
}
