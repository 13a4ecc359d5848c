//! An answer as scripts have it.

use mlua::{Lua, LuaString, UserData, UserDataFields, UserDataMethods, Value};

use crate::drivers::http::HeaderMap;
use crate::script::api::json;
use crate::script::error::Thrown;

/// What can be done with an answer, beside reading its fields.
#[cfg(test)]
pub(in crate::script::api) const METHODS: &[&str] = &["header", "json"];

/// Status, headers and body of an answer.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// None if it was passed on or dropped.
    pub(super) body: Option<Vec<u8>>,
    /// Bytes of the body, after compression was undone.
    pub(super) size: u64,
    /// The path that was asked last.
    pub(super) path: String,
}

impl UserData for Response {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("status", |_, this| Ok(this.status));
        fields.add_field_method_get("ok", |_, this| Ok((200..300).contains(&this.status)));
        fields.add_field_method_get("size", |_, this| Ok(this.size));
        fields.add_field_method_get("path", |_, this| Ok(this.path.clone()));
        fields.add_field_method_get("body", |lua, this| this.text(lua));
        fields.add_field_method_get("headers", |lua, this| {
            let table = lua.create_table()?;
            for name in this.headers.keys() {
                table.raw_set(name.as_str(), this.header(lua, name.as_str())?)?;
            }
            Ok(table)
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("header", |lua, this, name: String| this.header(lua, &name));
        methods.add_method("json", |lua, this, ()| {
            let body = this.body.as_deref().ok_or_else(|| {
                Thrown::misuse_with("the body of this answer was not kept", "leave `into` and `discard` away")
            })?;
            let value: serde_json::Value = serde_json::from_slice(body)
                .map_err(|error| Thrown::raised("bad_json", format!("the answer is not JSON: {error}")))?;
            json::decode(lua, &value)
        });
    }
}

impl Response {
    fn text(&self, lua: &Lua) -> mlua::Result<Option<LuaString>> {
        self.body.as_ref().map(|body| lua.create_string(body)).transpose()
    }

    /// A header, whose values are joined if it came more than once.
    fn header(&self, lua: &Lua, name: &str) -> mlua::Result<Value> {
        let values: Vec<&[u8]> = self.headers.get_all(name).iter().map(|value| value.as_bytes()).collect();
        if values.is_empty() {
            return Ok(Value::Nil);
        }
        lua.create_string(values.join(&b", "[..])).map(Value::String)
    }
}
