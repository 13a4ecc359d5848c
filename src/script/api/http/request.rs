//! A call of `user.http` as a request that can be sent.

use std::rc::Rc;

use mlua::{Lua, Table};

use super::body::{text, urlencoded};
use super::client::Client;
use super::labels::{Label, derived};
use super::options::Own;
use crate::drivers::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};
use crate::drivers::http::{Address, Method, Uri, Url};
use crate::script::args::Args;
use crate::script::error::Thrown;

/// A request with all that is to be done about it.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) own: Own,
    /// The name of its figures.
    pub(super) label: Rc<Label>,
}

/// Reads the path and the options of a call.
pub(super) fn read(
    lua: &Lua,
    client: &Client,
    address: &Address,
    method: Method,
    mut args: Args,
) -> mlua::Result<Request> {
    let template: String = args.req("path")?;
    let mut own = Own::read(lua, client.defaults(), args.options(lua)?)?;
    let base = &own.common.base;
    let is_whole = template.starts_with("http://") || template.starts_with("https://");
    if !is_whole && !template.is_empty() && !template.starts_with(['/', '?']) {
        return Err(args.misuse("path", &format!("it begins with `/`, unlike `{template}`")).into());
    }
    let mut path = match &own.path {
        Some(values) => filled(&template, values)?,
        None => template.clone(),
    };
    if let Some(query) = &own.query {
        path.push(if path.contains('?') { '&' } else { '?' });
        path += &urlencoded(query, "query")?;
    }
    let uri = match is_whole {
        true => Url::parse(&path).ok().and_then(|url| address.uri_of(&url)),
        false => address.uri(&format!("{base}{path}")),
    };
    let uri = uri.ok_or_else(|| {
        Thrown::misuse_with(
            format!("`{}`: `{template}` does not lead to the target `{}`", args.function(), client.target()),
            "users reach only what the scenario needs: a further server is named in `needs` and given by `--http NAME=URL`",
        )
    })?;
    let name = match own.name.take() {
        Some(name) => name,
        // A template is a better name than what can be guessed of a path.
        None if own.path.is_some() => format!("{method} {base}{}", template.split('?').next().unwrap_or_default()),
        None if is_whole => derived(method.as_str(), uri.path()),
        None => derived(method.as_str(), &format!("{base}{template}")),
    };
    let headers = &mut own.common.headers;
    if let Some(content_type) = own.body.content_type.take().filter(|_| !headers.contains_key(CONTENT_TYPE)) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    if own.common.gzip && !headers.contains_key(ACCEPT_ENCODING) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(Request { method, uri, own, label: Label::of(lua, client, &name) })
}

/// The path that comes of a template: each `{name}` gives way to the value of that name, encoded as one part of a path.
fn filled(template: &str, values: &Table) -> Result<String, Thrown> {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(Thrown::misuse(format!("`{template}` has a `{{` without a `}}`")));
        };
        let value = values.get(name).map_err(|error| Thrown::misuse(error.to_string()))?;
        path += before;
        encode(&text(&value, "path", name)?, &mut path);
        rest = after;
    }
    Ok(path + rest)
}

/// Appends `text` with all but unreserved characters (RFC 3986, section 2.3) encoded.
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => into.push(byte as char),
            other => *into += &format!("%{other:02X}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_with_encoded_values() {
        let lua = Lua::new();
        let values: Table = lua.load("{ id = 7, name = 'a/b ü' }").eval().unwrap();
        assert_eq!(filled("/members/{id}/{name}?x={id}", &values).unwrap(), "/members/7/a%2Fb%20%C3%BC?x=7");
        assert!(filled("/{missing}", &values).unwrap_err().to_string().contains("`path.missing`"));
        assert!(filled("/{id", &values).is_err());
    }
}
