//! The way to something at a target: a path, its values and its query, as scripts give them.

use mlua::Table;

use super::body::{text, urlencoded};
use super::labels::derived;
use crate::drivers::http::{Address, Uri, Url};
use crate::script::args::Args;
use crate::script::error::Thrown;

/// A path that leads to something.
pub(in crate::script::api) struct Route {
    /// What is asked for.
    pub(in crate::script::api) uri: Uri,
    /// The path as the script wrote it, without its query.
    template: String,
    /// Whether the template names what was filled in.
    has_values: bool,
}

/// Why there is no way.
pub(in crate::script::api) enum Wrong {
    /// The path does not begin as one.
    NoPath(String),
    /// It leads to another server, or nowhere.
    Elsewhere(String),
    /// A value does not fit.
    Value(Thrown),
}

impl Route {
    /// The way along `template` behind `base`, with `values` for its `{…}` and what `query` says.
    pub(in crate::script::api) fn find(
        address: &Address,
        base: &str,
        template: &str,
        values: Option<&Table>,
        query: Option<&Table>,
    ) -> Result<Self, Wrong> {
        let is_whole = template.starts_with("http://") || template.starts_with("https://");
        if !is_whole && !template.is_empty() && !template.starts_with(['/', '?']) {
            return Err(Wrong::NoPath(template.to_owned()));
        }
        let mut path = match values {
            Some(values) => filled(template, values)?,
            None => template.to_owned(),
        };
        if let Some(query) = query {
            path.push(if path.contains('?') { '&' } else { '?' });
            path += &urlencoded(query, "query")?;
        }
        let uri = match is_whole {
            true => Url::parse(&path).ok().and_then(|url| address.uri_of(&url)),
            false => address.uri(&format!("{base}{path}")),
        };
        let uri = uri.ok_or_else(|| Wrong::Elsewhere(template.to_owned()))?;
        let template = match is_whole {
            true => uri.path().to_owned(),
            false => format!("{base}{}", template.split('?').next().unwrap_or_default()),
        };
        Ok(Self { uri, template, has_values: values.is_some() })
    }

    /// The name of what is asked for so, unless the script gives it one: the template is a better one than what can be
    /// guessed of a path.
    pub(in crate::script::api) fn label(&self, method: &str) -> String {
        if self.has_values { format!("{method} {}", self.template) } else { derived(method, &self.template) }
    }
}

impl From<Thrown> for Wrong {
    fn from(thrown: Thrown) -> Self {
        Self::Value(thrown)
    }
}

impl Wrong {
    /// The error of a call that was to go to `target`.
    pub(in crate::script::api) fn thrown(self, args: &Args, target: &str) -> Thrown {
        match self {
            Self::NoPath(path) => args.misuse("path", &format!("it begins with `/`, unlike `{path}`")),
            Self::Elsewhere(path) => Thrown::misuse_with(
                format!("`{}`: `{path}` does not lead to the target `{target}`", args.function()),
                "users reach only what the scenario needs: a further server is named in `needs` and given by \
                 `--http NAME=URL`",
            ),
            Self::Value(thrown) => thrown,
        }
    }
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
    use mlua::Lua;

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
