//! Types that only settings have.

use std::collections::BTreeMap;

use super::super::target::SecretUrl;
use super::super::units::{format_size, parse_size};
use super::super::{Data, Explained, Origin, ShownParams, Watchable};
use super::Input;
use super::value::{Form, Problem, Value, choice};

/// An amount of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl Value for Bytes {
    const FORM: Form = Form::one("SIZE");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        match input.text() {
            Some(text) => Ok(Self(parse_size(text)?)),
            None => Err(Problem::expected("a size such as `\"64MB\"`", input)),
        }
    }

    fn show(&self) -> String {
        format_size(self.0)
    }
}

/// A list of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Value for Names {
    const FORM: Form = Form::many("NAME");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        match input.texts(',') {
            Some(names) if !names.is_empty() => Ok(Self(names.into_iter().map(str::to_owned).collect())),
            _ => Err(Problem::expected("a list of names", input)),
        }
    }

    fn show(&self) -> String {
        self.0.join(", ")
    }
}

/// What is not watched. An empty list has all watched again that a weaker layer left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unwatched(pub Vec<Watchable>);

impl Value for Unwatched {
    const FORM: Form = Form::many("WHAT");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        let choices = "`postgres`, `redis`, `host` or `all`";
        let expected = || Problem::expected(&format!("{choices}, or a list of them"), input);
        let names = input.texts(',').ok_or_else(expected)?;
        let named =
            |name| Watchable::from_name(name).ok_or_else(|| Problem(format!("expected {choices}, got `{name}`")));
        Ok(Self(names.into_iter().map(named).collect::<Result<_, _>>()?))
    }

    fn show(&self) -> String {
        match self.0.as_slice() {
            [] => "none".to_owned(),
            these => these.iter().map(|watchable| watchable.name()).collect::<Vec<_>>().join(", "),
        }
    }
}

/// Threshold rules as written. A profile or a file replaces those of the
/// scenario; the environment and the command line add to what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thresholds(pub Vec<String>);

impl Thresholds {
    /// Rules on one line, for people.
    pub fn shown(rules: &[String]) -> String {
        if rules.is_empty() { "none".to_owned() } else { rules.join("; ") }
    }
}

impl Value for Thresholds {
    const FORM: Form = Form::many("RULE");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        // A rule may contain commas, so in plain text a semicolon ends it. No rules at all are fine: they turn the weaker ones off.
        match input.texts(';') {
            Some(rules) => Ok(Self(rules.into_iter().map(str::to_owned).collect())),
            None => Err(Problem::expected("a list of rules such as `\"response.p95 < 500ms\"`", input)),
        }
    }

    fn show(&self) -> String {
        Self::shown(&self.0)
    }

    fn over(self, weaker: Self, origin: Origin) -> Self {
        if origin < Origin::Environment {
            return self;
        }
        let mut rules = weaker.0;
        rules.extend(self.0);
        Self(rules)
    }
}

/// URLs of targets by name; one without a name is of the target named after its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Urls(pub BTreeMap<String, SecretUrl>);

/// Names that begin a libpq connection string rather than a target's name and URL (PostgreSQL manual, 34.1.2).
const CONNECTION_KEYWORDS: [&str; 12] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "passfile",
    "service",
    "sslmode",
    "options",
    "application_name",
    "connect_timeout",
];

/// Stands for the target named after the kind until the kind is known.
pub const UNNAMED: &str = "";

impl Value for Urls {
    const FORM: Form = Form::many("[NAME=]URL");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        if let Input::Typed(Data::Map(entries)) = input {
            let urls = entries.iter().map(|(name, url)| match Input::Typed(url).text() {
                Some(url) => Ok((name.clone(), SecretUrl::new(url))),
                None => Err(Problem(format!("expected a URL for `{name}`, got {}", url.kind()))),
            });
            return not_empty(urls.collect::<Result<_, _>>()?);
        }
        let texts = match input {
            Input::Text(text) => vec![text],
            Input::Typed(_) => input.texts('\n').ok_or_else(|| Problem::expected("a URL", input))?,
        };
        not_empty(texts.into_iter().map(named_url).collect())
    }

    fn show(&self) -> String {
        self.0.values().map(SecretUrl::to_string).collect::<Vec<_>>().join(", ")
    }

    fn over(self, weaker: Self, _origin: Origin) -> Self {
        let mut urls = weaker.0;
        urls.extend(self.0);
        Self(urls)
    }
}

/// Refuses an empty URL. To PostgreSQL's clients it would mean the server of this machine, which nobody has named.
fn not_empty(urls: BTreeMap<String, SecretUrl>) -> Result<Urls, Problem> {
    match urls.iter().find(|(_, url)| url.reveal().trim().is_empty()) {
        None => Ok(Urls(urls)),
        Some((name, _)) => {
            let of_name = if name == UNNAMED { String::new() } else { format!(" of `{name}`") };
            Err(Problem(format!(
                "the URL{of_name} is empty\nhint: is a variable not set? where no URL is meant, leave it out"
            )))
        }
    }
}

/// Splits `NAME=URL`; what has no name, or is a connection string, is of the unnamed target.
fn named_url(text: &str) -> (String, SecretUrl) {
    let name = text.split_once('=').map(|(name, _)| name).unwrap_or_default();
    let is_name = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !CONNECTION_KEYWORDS.contains(&name);
    match text.split_once('=') {
        Some((name, url)) if is_name => (name.to_owned(), SecretUrl::new(url)),
        _ => (UNNAMED.to_owned(), SecretUrl::new(text)),
    }
}

/// What the first script bug does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnScriptBug {
    /// Ends the run.
    #[default]
    Stop,
    /// Is counted like any other error.
    Count,
}

choice!(Explained, "off" => Explained::None, "slow" => Explained::Slow, "all" => Explained::All);
choice!(ShownParams, "types" => ShownParams::Types, "values" => ShownParams::Values);
choice!(OnScriptBug, "stop" => OnScriptBug::Stop, "count" => OnScriptBug::Count);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_may_have_a_name() {
        for (text, name, url) in [
            ("postgres://db/app?sslmode=require", "", "postgres://db/app?sslmode=require"),
            ("replica=postgres://db/app", "replica", "postgres://db/app"),
            ("replica=host=db user=me", "replica", "host=db user=me"),
            ("host=db user=me", "", "host=db user=me"),
        ] {
            let urls = Urls::read(Input::Text(text)).expect(text);
            assert_eq!(urls.0.get(name).map(SecretUrl::reveal), Some(url), "{text}");
        }
    }

    #[test]
    fn an_empty_url_is_refused_and_does_not_mean_this_machine() {
        for (text, message) in
            [("", "the URL is empty\n"), (" ", "the URL is empty\n"), ("replica=", "the URL of `replica` is empty\n")]
        {
            let list = Data::List(vec![Data::text(text)]);
            for input in [Input::Text(text), Input::Typed(&list)] {
                let problem = Urls::read(input).expect_err(text).0;
                assert!(problem.starts_with(message) && problem.contains("hint: "), "{problem}");
            }
        }
        let table = Data::Map([("postgres".to_owned(), Data::text(""))].into());
        Urls::read(Input::Typed(&table)).expect_err("in a table too");
    }

    #[test]
    fn rules_of_the_command_line_add_up_and_those_of_a_profile_replace() {
        let rule = |text: &str| Thresholds(vec![text.to_owned()]);
        assert_eq!(rule("b").over(rule("a"), Origin::Profile), rule("b"));
        assert_eq!(rule("b").over(rule("a"), Origin::CommandLine).0, ["a", "b"]);
    }
}
