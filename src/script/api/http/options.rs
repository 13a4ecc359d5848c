//! The options of requests, and those that a client gives to all of its own.

use std::time::Duration;

use mlua::{Function, Lua, Table, Value};

use super::body;
use super::sink::Keep;
use crate::drivers::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use crate::drivers::http::{HeaderMap, basic};
use crate::plan::units::parse_size;
use crate::script::error::Thrown;
use crate::script::fields::{Fields, Mismatch, Named, describe};

/// How many redirects are followed unless told otherwise.
const REDIRECTS: u64 = 5;

/// How much of an answer is kept unless told otherwise.
const MOST_KEPT: u64 = 16 << 20;

/// What the requests of a client have in common.
#[derive(Clone)]
pub(super) struct Defaults {
    /// What comes before each path.
    pub(super) base: String,
    pub(super) headers: HeaderMap,
    /// The limit on the time of a whole exchange; that of statements unless given.
    pub(super) timeout: Option<Duration>,
    pub(super) expect: Option<Expect>,
    pub(super) redirects: u64,
    pub(super) gzip: bool,
    pub(super) cookies: bool,
    /// Most bytes of an answer that are kept.
    pub(super) max_size: u64,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            base: String::new(),
            headers: HeaderMap::new(),
            timeout: None,
            expect: None,
            redirects: REDIRECTS,
            gzip: false,
            cookies: true,
            max_size: MOST_KEPT,
        }
    }
}

impl Defaults {
    /// These with the options of `http:with` over them.
    pub(super) fn over(&self, mut fields: Fields) -> mlua::Result<Self> {
        let mut defaults = self.clone();
        if let Some(base) = fields.opt::<String>("base")? {
            if !base.starts_with('/') {
                return Err(Thrown::misuse(format!("`http:with`: `base` begins with `/`, unlike `{base}`")).into());
            }
            defaults.base += base.trim_end_matches('/');
        }
        defaults.take(&mut fields)?;
        fields.finish()?;
        Ok(defaults)
    }

    /// Takes what a single request may say too.
    pub(super) fn take(&mut self, fields: &mut Fields) -> mlua::Result<()> {
        if let Some(headers) = fields.opt::<Table>("headers")? {
            take_headers(&mut self.headers, &headers)?;
        }
        if let Some(auth) = fields.opt::<Table>("auth")? {
            self.headers.insert(AUTHORIZATION, authorization(auth)?);
        }
        self.timeout = fields.opt("timeout")?.or(self.timeout);
        if let Some(expect) = fields.opt("expect")? {
            self.expect = Some(expect);
        }
        self.redirects = fields.opt("redirects")?.unwrap_or(self.redirects);
        self.gzip = fields.opt("gzip")?.unwrap_or(self.gzip);
        self.cookies = fields.opt("cookies")?.unwrap_or(self.cookies);
        self.max_size = fields.opt::<Size>("max_size")?.map_or(self.max_size, |size| size.0);
        Ok(())
    }
}

/// What a single request says beside what it has in common with others.
pub(super) struct Own {
    pub(super) common: Defaults,
    /// The name of its figures.
    pub(super) name: Option<String>,
    /// Values for the `{…}` of its path.
    pub(super) path: Option<Table>,
    pub(super) query: Option<Table>,
    pub(super) body: body::Given,
    pub(super) keep: Keep,
}

impl Own {
    /// Reads the options of a request.
    pub(super) fn read(lua: &Lua, defaults: &Defaults, mut fields: Fields) -> mlua::Result<Self> {
        let mut common = defaults.clone();
        common.take(&mut fields)?;
        let body = body::Given::read(lua, &mut fields)?;
        let into: Option<Function> = fields.opt("into")?;
        let discard = fields.opt("discard")?.unwrap_or(false);
        let keep = match (into, discard) {
            (Some(_), true) => return Err(Thrown::misuse("`into` and `discard` do not go together").into()),
            (Some(function), false) => Keep::PassOn(function),
            (None, true) => Keep::Nothing,
            (None, false) => Keep::All(common.max_size),
        };
        let own = Self {
            common,
            name: fields.opt("name")?,
            path: fields.opt("path")?,
            query: fields.opt("query")?,
            body,
            keep,
        };
        fields.finish()?;
        Ok(own)
    }
}

/// Adds headers to others of their names' place; `false` takes one away.
pub(in crate::script::api) fn take_headers(headers: &mut HeaderMap, table: &Table) -> mlua::Result<()> {
    for pair in table.pairs::<Value, Value>() {
        let (name, value) = pair?;
        let shown = describe(&name);
        let name = name.as_string().and_then(|name| HeaderName::from_bytes(&name.as_bytes()).ok());
        let Some(name) = name else { return Err(Thrown::misuse(format!("{shown} can't be a header's name")).into()) };
        if value == Value::Boolean(false) {
            headers.remove(&name);
            continue;
        }
        let header = match &value {
            Value::String(text) => HeaderValue::from_bytes(&text.as_bytes()).ok(),
            Value::Integer(_) | Value::Number(_) => HeaderValue::try_from(value.to_string()?).ok(),
            _ => None,
        };
        let Some(header) = header else {
            return Err(Thrown::misuse(format!("the header `{name}` can't be {}", describe(&value))).into());
        };
        headers.insert(name, header);
    }
    Ok(())
}

/// `{ user = …, password = … }` or `{ bearer = … }`.
pub(in crate::script::api) fn authorization(table: Table) -> Result<HeaderValue, Thrown> {
    let mut fields = Fields::new(table, "auth");
    let bearer: Option<String> = fields.opt("bearer")?;
    let user: Option<String> = fields.opt("user")?;
    let password: Option<String> = fields.opt("password")?;
    fields.finish()?;
    let value = match (bearer, user) {
        (Some(token), None) => HeaderValue::try_from(format!("Bearer {token}")).ok(),
        (None, Some(user)) => basic(&user, password.as_deref().unwrap_or_default()),
        _ => return Err(Thrown::misuse("`auth` is either `{ user = …, password = … }` or `{ bearer = … }`")),
    };
    let mut value = value.ok_or_else(|| Thrown::misuse("`auth` has characters that a header can't have"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A number of bytes.
pub(in crate::script::api) struct Size(pub(in crate::script::api) u64);

impl Named for Size {
    const EXPECTED: &'static str = "a size such as `\"50MB\"` or a number of bytes";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => {
                parse_size(&text.to_string_lossy()).map(Self).map_err(|error| Mismatch::Content(error.to_string()))
            }
            other => u64::named(other).map(Self),
        }
    }
}

/// The statuses that are as they should be; any other is an error.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expect(Vec<(u16, u16)>);

impl Expect {
    /// Whether a status is one of them.
    pub(super) fn admits(&self, status: u16) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&status))
    }

    fn one(value: &Value) -> Result<(u16, u16), Mismatch> {
        let wrong = || Mismatch::Content("a status is a number such as `200`, or a class such as `\"2xx\"`".to_owned());
        match value {
            Value::Integer(status) => {
                let status = u16::try_from(*status).ok().filter(|status| (100..600).contains(status));
                status.map(|status| (status, status)).ok_or_else(wrong)
            }
            Value::String(text) => {
                let text = text.to_string_lossy();
                let class = text.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok());
                let class = class.filter(|class| (1..6).contains(class)).ok_or_else(wrong)?;
                Ok((class * 100, class * 100 + 99))
            }
            _ => Err(Mismatch::Type),
        }
    }
}

impl Named for Expect {
    const EXPECTED: &'static str = "a status such as `200`, a class such as `\"2xx\"`, or a list of them";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match &value {
            Value::Table(list) => {
                let all = list.sequence_values::<Value>().map(|item| Self::one(&item.map_err(|_| Mismatch::Type)?));
                let all = all.collect::<Result<Vec<_>, _>>()?;
                if all.is_empty() { Err(Mismatch::Type) } else { Ok(Self(all)) }
            }
            one => Ok(Self(vec![Self::one(one)?])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_expected_one_by_one_or_by_class() {
        let lua = Lua::new();
        let expect = |code: &str| Expect::named(lua.load(code).eval().unwrap()).ok();
        let admits = |code: &str, status| expect(code).unwrap().admits(status);
        assert!(admits("200", 200) && !admits("200", 201));
        assert!(admits("'2xx'", 204) && !admits("'2xx'", 304));
        assert!(admits("{ '2xx', 404 }", 404));
        for wrong in ["{}", "20", "'ok'", "true", "'9xx'"] {
            assert_eq!(expect(wrong), None, "{wrong}");
        }
    }
}
