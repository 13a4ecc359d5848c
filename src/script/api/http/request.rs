//! A call of `user.http` as a request that can be sent.

use std::rc::Rc;

use mlua::Lua;

use super::client::Client;
use super::labels::Label;
use super::options::Own;
use super::route::Route;
use crate::drivers::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};
use crate::drivers::http::{Address, Method, Uri};
use crate::script::args::Args;

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
    let mut own = Own::read(lua, client.defaults(), args.options()?)?;
    let route = Route::find(address, &own.common.base, &template, own.path.as_ref(), own.query.as_ref());
    let route = route.map_err(|wrong| wrong.thrown(&args, client.target()))?;
    let name = own.name.take().unwrap_or_else(|| route.label(method.as_str()));
    let headers = &mut own.common.headers;
    if let Some(content_type) = own.body.content_type.take().filter(|_| !headers.contains_key(CONTENT_TYPE)) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    if own.common.gzip && !headers.contains_key(ACCEPT_ENCODING) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(Request { method, uri: route.uri, own, label: Label::of(lua, client.target(), &name) })
}
