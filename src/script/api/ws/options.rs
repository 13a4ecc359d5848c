//! The options of `ws:connect`.

use std::time::Duration;

use mlua::Table;

use crate::drivers::http::HeaderMap;
use crate::drivers::http::header::{AUTHORIZATION, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use crate::script::api::http::{Size, authorization, take_headers};
use crate::script::error::Thrown;
use crate::script::fields::Fields;

/// The largest message that is taken unless told otherwise.
const MAX_SIZE: u64 = 16 << 20;

/// How a socket is to be opened.
pub(super) struct Options {
    pub(super) headers: HeaderMap,
    /// Limit for opening it; that of statements unless given.
    pub(super) timeout: Option<Duration>,
    /// The name of its figures.
    pub(super) name: Option<String>,
    /// Values for the `{…}` of its path.
    pub(super) path: Option<Table>,
    pub(super) query: Option<Table>,
    pub(super) cookies: bool,
    /// Most bytes of a message.
    pub(super) max_size: usize,
}

impl Options {
    pub(super) fn read(mut fields: Fields) -> mlua::Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some(table) = fields.opt::<Table>("headers")? {
            take_headers(&mut headers, &table)?;
        }
        if let Some(auth) = fields.opt::<Table>("auth")? {
            headers.insert(AUTHORIZATION, authorization(auth)?);
        }
        if let Some(protocols) = fields.opt::<Vec<String>>("protocols")? {
            let list = HeaderValue::try_from(protocols.join(", "));
            let list = list.map_err(|_| Thrown::misuse("`protocols` have characters that a header can't have"))?;
            headers.insert(SEC_WEBSOCKET_PROTOCOL, list);
        }
        let Size(max_size) = fields.opt("max_size")?.unwrap_or(Size(MAX_SIZE));
        let options = Self {
            headers,
            timeout: fields.opt("timeout")?,
            name: fields.opt("name")?,
            path: fields.opt("path")?,
            query: fields.opt("query")?,
            cookies: fields.opt("cookies")?.unwrap_or(true),
            max_size: usize::try_from(max_size).unwrap_or(usize::MAX),
        };
        fields.finish()?;
        Ok(options)
    }
}
