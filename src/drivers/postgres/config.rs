//! Connection strings: `postgres://` URLs and key=value pairs, as libpq reads them.
//!
//! Most of it is read by `tokio-postgres`, which knows three ways of TLS and refuses what it does not know, so the
//! options that concern certificates are taken out here before it sees the rest.

use std::error::Error;
use std::sync::Arc;

use rustls::ClientConfig;
use tokio::sync::RwLock;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::session;
use super::tls::{self, TlsOptions, Verify};
use super::types::Types;
use crate::drivers::Failure;
use crate::plan::target::{SecretUrl, SessionPlan};
use crate::plan::{self, Limits};

/// How the server sees us, unless the connection string says otherwise.
const APPLICATION_NAME: &str = "throng";

/// What to do about a password that breaks a URL.
const PERCENT_ENCODE: &str =
    "percent-encode special characters in the password: `@` as `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23`";

/// Options of libpq that change nothing here.
const IGNORED: [&str; 8] = [
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "sslcompression",
    "sslcrl",
    "sslsni",
];

/// Makes sure that a connection string can be understood, without going anywhere.
///
/// # Errors
/// What is wrong with it, without its password.
pub fn check(url: &SecretUrl) -> Result<(), Failure> {
    Settings::parse(url.reveal()).map(drop)
}

/// A connection string, understood.
#[derive(Clone)]
pub(super) struct Settings {
    /// Where to connect, and as whom.
    pub config: Config,
    /// For TLS.
    pub tls: Arc<ClientConfig>,
    /// Host and port for messages, never with a password.
    pub host: Arc<str>,
    /// Read by every request to cancel that is on its way, so that writing waits for them.
    pub cancelling: Arc<RwLock<()>>,
    /// The database's own types, as far as a connection has met them.
    pub types: Arc<Types>,
}

impl Settings {
    /// Understands a connection string and reads the certificates that it names.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let understood = Self::understand(text);
        // Said instead of anything else, which might quote a part of the password.
        if is_ambiguous(text, understood.is_ok()) { Err(ambiguous()) } else { understood }
    }

    /// The same, as sessions of a run introduce themselves. Their name tells the run, and by it throng knows its own from
    /// others', so it is stronger than that of the connection string; of all else the connection string is.
    pub(super) fn introduced(mut self, session: &SessionPlan, limits: &Limits) -> Self {
        if let Some(name) = &session.application_name {
            self.config.application_name(name);
        }
        if let Some(options) = session::options(session.guard, limits) {
            // Of two settings of the same name the last counts.
            let options = [&options, self.config.get_options().unwrap_or_default()].join(" ");
            self.config.options(options.trim_end());
        }
        self
    }

    fn understand(text: &str) -> Result<Self, Failure> {
        let (mut config, options) = read(text)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        if config.get_application_name().is_none() {
            config.application_name(APPLICATION_NAME);
        }
        let only_sockets =
            config.get_hostaddrs().is_empty() && config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        // PostgreSQL has no TLS over Unix sockets; libpq ignores the mode there too.
        config.ssl_mode(if only_sockets { SslMode::Disable } else { options.mode });
        let host = host_of(&config).into();
        Ok(Self { tls: tls::connector(&options)?, config, host, cancelling: Arc::default(), types: Arc::default() })
    }
}

/// What a connection string says, and what it says of TLS.
pub(super) fn read(text: &str) -> Result<(Config, TlsOptions), Failure> {
    let mut options = TlsOptions::default();
    let rest = if is_url(text) { strip_url(text, &mut options)? } else { strip_pairs(text, &mut options)? };
    let config = rest.parse().map_err(|error| misuse(format!("connection string: {}", cause_of(&error))))?;
    Ok((config, options))
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// Whether a URL's password seems to hold characters that mean something in a URL, so that it ends too early:
/// an `@` comes where none belongs. The library takes all before the first one for user and password; a query
/// may have its own after that, if it can be understood.
fn is_ambiguous(text: &str, understood: bool) -> bool {
    let Some((_, rest)) = text.split_once("://").filter(|_| is_url(text)) else { return false };
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = address.split_once('/').unwrap_or((address, ""));
    let users = authority.matches('@').count();
    users > 1 || path.contains('@') || (users == 0 || !understood) && query.contains('@')
}

fn ambiguous() -> Failure {
    Failure::Misuse {
        message: "connection string: it can't be told where the password ends".into(),
        hint: Some(PERCENT_ENCODE.into()),
    }
}

/// Takes our options out of a URL's query.
fn strip_url(url: &str, options: &mut TlsOptions) -> Result<String, Failure> {
    let Some((base, query)) = url.split_once('?') else { return Ok(url.to_owned()) };
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !take(key, || percent_decode(value), options)? {
            kept.push(pair);
        }
    }
    Ok(if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) })
}

/// Takes our options out of key=value pairs.
fn strip_pairs(text: &str, options: &mut TlsOptions) -> Result<String, Failure> {
    let mut kept = String::new();
    for (key, value) in pairs(text)? {
        if take(&key, || Some(value.clone()), options)? {
            continue;
        }
        kept.push_str(&key);
        kept.push_str("='");
        kept.push_str(&value.replace('\\', "\\\\").replace('\'', "\\'"));
        kept.push_str("' ");
    }
    Ok(kept)
}

/// Splits `key = value` pairs; values may be quoted, with backslash escapes.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let is_key = |key: &str| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let pair = rest.split_once('=').map(|(key, after)| (key.trim_end(), after)).filter(|(key, _)| is_key(key));
        let Some((key, after)) = pair else {
            return Err(Failure::Misuse {
                message: "connection string: neither a `postgres://` URL nor pairs of `key=value`".into(),
                hint: Some("such as `postgres://user:password@host:5432/database`".into()),
            });
        };
        let (value, after) = pair_value(after.trim_start())?;
        pairs.push((key.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

fn pair_value(text: &str) -> Result<(String, &str), Failure> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            _ if !quoted && character.is_whitespace() => return Ok((value, &text[at..])),
            _ => value.push(character),
        }
    }
    if quoted { Err(misuse("connection string: a quoted value has no end".into())) } else { Ok((value, "")) }
}

/// Takes an option that `tokio-postgres` does not know; `false` if it is not one of those.
fn take(key: &str, value: impl Fn() -> Option<String>, options: &mut TlsOptions) -> Result<bool, Failure> {
    if !key.starts_with("ssl") || key == "sslnegotiation" {
        return Ok(IGNORED.contains(&key));
    }
    let value = value().ok_or_else(|| misuse(format!("connection string: `{key}` is not valid UTF-8")))?;
    match key {
        "sslmode" => {
            (options.mode, options.verify) = match value.as_str() {
                "disable" => (SslMode::Disable, Verify::Nothing),
                "allow" | "prefer" => (SslMode::Prefer, Verify::Nothing),
                "require" => (SslMode::Require, Verify::Nothing),
                "verify-ca" => (SslMode::Require, Verify::Authority),
                "verify-full" => (SslMode::Require, Verify::AuthorityAndName),
                _ => {
                    let modes = "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`";
                    return Err(misuse(format!("connection string: `sslmode` is {modes}, not `{value}`")));
                }
            };
        }
        "sslrootcert" => options.root_certificates = Some(value),
        "sslcert" => options.certificate = Some(value),
        "sslkey" => options.key = Some(value),
        _ => return Ok(IGNORED.contains(&key)),
    }
    Ok(true)
}

fn percent_decode(text: &str) -> Option<String> {
    String::from_utf8(plan::percent_decode(text)).ok()
}

fn host_of(config: &Config) -> String {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match (config.get_hosts().first(), config.get_hostaddrs().first()) {
        (Some(Host::Unix(folder)), _) => format!("{}:{port}", folder.display()),
        (Some(Host::Tcp(name)), _) => format!("{name}:{port}"),
        (None, Some(address)) => format!("{address}:{port}"),
        (None, None) => format!("localhost:{port}"),
    }
}

/// The innermost cause, which says more than `invalid configuration`.
fn cause_of(error: &tokio_postgres::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

fn misuse(message: String) -> Failure {
    Failure::Misuse { message, hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Config {
        Settings::parse(text).unwrap_or_else(|failure| panic!("{text}: {failure}")).config
    }

    #[test]
    fn urls_and_pairs_say_the_same() {
        let url = parse("postgres://me:se%20cret@db:5433/app?sslmode=require&connect_timeout=3&gssencmode=disable");
        let pairs = parse(r"host=db port=5433 user=me password='se cret' dbname=app sslmode=require connect_timeout=3");
        assert_eq!(url, pairs);
        assert_eq!(url.get_ssl_mode(), SslMode::Require);
        assert_eq!(url.get_application_name(), Some(APPLICATION_NAME));
    }

    #[test]
    fn quotes_and_backslashes_survive_in_pairs() {
        let config = parse(r"host=db user='o\'brien' password=a\\b application_name='x'");
        assert_eq!(config.get_user(), Some("o'brien"));
        assert_eq!(config.get_password(), Some(&br"a\b"[..]));
        assert_eq!(config.get_application_name(), Some("x"));
    }

    #[test]
    fn a_unix_socket_has_no_tls() {
        let config = parse("postgres:///app?host=%2Ftmp%2Fsocket&user=me&sslmode=require");
        assert_eq!(config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn what_cannot_be_understood_is_said_without_the_password() {
        for (text, expected) in [
            ("postgres://me:secret@db/app?sslmode=always", "`sslmode` is"),
            ("postgres://me:secret@db/app?colour=red", "unknown option `colour`"),
            ("postgres://me:secret@db/app?sslrootcert=%2Fnowhere.pem&sslmode=verify-ca", "/nowhere.pem"),
            ("secret", "neither a `postgres://` URL"),
            ("me:secret@db/app", "neither a `postgres://` URL"),
            ("me:secret@db/app?sslmode=disable", "neither a `postgres://` URL"),
            ("mysql://me:secret@db/app", "neither a `postgres://` URL"),
            ("postgres://me:secret@db:port/app", "port"),
            ("postgres://me:12/secret@db/app", "where the password ends"),
            ("postgres://me:x?y=secret@db/app", "where the password ends"),
            ("postgres://me:x#?secret@db/app", "where the password ends"),
            ("postgres://me:x@secret@db/app", "where the password ends"),
        ] {
            let Err(failure) = Settings::parse(text) else { panic!("{text} is understood") };
            let message = failure.to_string();
            assert!(message.contains(expected) && !message.contains("secret"), "{message}");
        }
    }
}
