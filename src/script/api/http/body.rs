//! A request's body as a script gives it: one of `json`, `form`, `multipart`, `body`.

use mlua::{Function, Lua, LuaString, Table, Value};
use url::form_urlencoded::Serializer;

use super::multipart;
use super::options::Size;
use crate::drivers::http::header::HeaderValue;
use crate::drivers::http::{Feed, Payload};
use crate::script::api::json;
use crate::script::error::Thrown;
use crate::script::fields::{Fields, describe};

/// A body with its type, and what makes it where it is made on the way.
#[derive(Default)]
pub(super) struct Given {
    pub(super) payload: Payload,
    /// What `content-type` says unless a header does.
    pub(super) content_type: Option<HeaderValue>,
    /// The function that gives one piece after the other, and where they go.
    pub(super) source: Option<(Function, Feed)>,
}

impl Given {
    /// Takes a body out of options.
    pub(super) fn read(lua: &Lua, fields: &mut Fields) -> mlua::Result<Self> {
        let json: Option<Value> = fields.opt("json")?;
        let form: Option<Table> = fields.opt("form")?;
        let parts: Option<Table> = fields.opt("multipart")?;
        let body: Option<Value> = fields.opt("body")?;
        let given = [json.is_some(), form.is_some(), parts.is_some(), body.is_some()];
        if given.iter().filter(|given| **given).count() > 1 {
            return Err(Thrown::misuse("a request has one of `json`, `form`, `multipart` and `body`").into());
        }
        if let Some(value) = json {
            let text = serde_json::to_vec(&json::encode(lua, &value)?).map_err(mlua::Error::external)?;
            return Ok(Self::typed(text.into(), HeaderValue::from_static("application/json")));
        }
        if let Some(form) = form {
            let text = urlencoded(&form, "form")?;
            let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
            return Ok(Self::typed(text.into(), content_type));
        }
        if let Some(parts) = parts {
            let (payload, content_type) = multipart::read(&parts)?;
            return Ok(Self::typed(payload, content_type));
        }
        body.map_or_else(|| Ok(Self::default()), |body| Ok(Self::plain(&body)?))
    }

    fn typed(payload: Payload, content_type: HeaderValue) -> Self {
        Self { payload, content_type: Some(content_type), source: None }
    }

    fn plain(value: &Value) -> Result<Self, Thrown> {
        match value {
            Value::String(text) => Ok(Self { payload: owned(text).into(), ..Self::default() }),
            Value::Function(function) => {
                let feed = Feed::default();
                let source = Some((function.clone(), feed.clone()));
                Ok(Self { payload: Payload::fed(feed), content_type: None, source })
            }
            Value::Table(table) => {
                let mut fields = Fields::new(table.clone(), "body");
                let Size(size) = fields.req("size")?;
                fields.finish()?;
                let mut payload = Payload::default();
                payload.push_noise(size);
                Ok(Self { payload, ..Self::default() })
            }
            other => Err(Thrown::misuse_with(
                format!("`body`: expected a string, a function or `{{ size = … }}`, got {}", describe(other)),
                "a table of values goes as `json` or `form`",
            )),
        }
    }
}

/// The bytes of a string of Lua.
pub(super) fn owned(text: &LuaString) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// Names and values as a form or a query has them, in the order of the names; a list gives its name several times.
pub(super) fn urlencoded(table: &Table, what: &str) -> Result<String, Thrown> {
    let broken = |error: mlua::Error| Thrown::misuse(format!("`{what}`: {error}"));
    let mut pairs = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        let (name, value) = pair.map_err(broken)?;
        let Some(name) = name.as_string().map(|name| name.to_string_lossy()) else {
            return Err(Thrown::misuse(format!(
                "`{what}`: expected values by name, got {} as a name",
                describe(&name)
            )));
        };
        match &value {
            Value::Table(list) => {
                for item in list.sequence_values::<Value>() {
                    pairs.push((name.clone(), text(&item.map_err(broken)?, what, &name)?));
                }
            }
            one => pairs.push((name.clone(), text(one, what, &name)?)),
        }
    }
    // By name alone, so that the items of a list keep their order.
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut encoded = Serializer::new(String::new());
    encoded.extend_pairs(pairs);
    Ok(encoded.finish())
}

/// A string, number or boolean as text.
pub(super) fn text(value: &Value, what: &str, name: &str) -> Result<String, Thrown> {
    match value {
        Value::String(text) => Ok(text.to_string_lossy()),
        Value::Integer(_) | Value::Number(_) | Value::Boolean(_) => {
            value.to_string().map_err(|error| Thrown::misuse(error.to_string()))
        }
        other => Err(Thrown::misuse(format!("`{what}.{name}`: expected a string or number, got {}", describe(other)))),
    }
}
