//! `redis:script(source)`: a Lua script that runs inside Redis.

use mlua::{Lua, MultiValue, UserData, UserDataFields, UserDataMethods, UserDataRef, Value};

use super::client::{Client, label};
use super::{arguments, reply};
use crate::drivers::redis::{Connection, Script};
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::waiting;

/// A script bound to a client.
pub(in crate::script::api) struct Bound {
    client: Client,
    script: Script,
}

/// Makes the object that runs `source`.
pub(super) fn object(lua: &Lua, client: &Client, source: &Value) -> mlua::Result<Value> {
    let text = source.as_string().and_then(|text| text.to_str().ok().map(|text| text.to_owned()));
    let text = text.ok_or_else(|| {
        Thrown::misuse(format!("`script`: expected the source of a script, got {}", describe(source)))
    })?;
    lua.create_userdata(Bound { client: client.clone(), script: Script::new(text) }).map(Value::UserData)
}

impl UserData for Bound {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let run = waiting::method("run", |lua, this: UserDataRef<Self>, values: MultiValue| {
            let (client, script) = (this.client.clone(), this.script.clone());
            async move {
                let keys = arguments::strings(values.front().unwrap_or(&Value::Nil), "`run`: keys")?;
                let given = arguments::strings(values.get(1).unwrap_or(&Value::Nil), "`run`: arguments")?;
                let run =
                    async |connection: &mut Connection, limit| connection.run(&script, &keys, &given, limit).await;
                let what = || format!("EVALSHA {}", script.sha());
                let reply = client.on_connection(&lua, &label("script"), what, run).await?;
                reply::to_lua(&lua, "evalsha", &reply)
            }
        });
        fields.add_field("run", run);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("sha", |_, this, ()| Ok(this.script.sha().to_owned()));
    }
}
