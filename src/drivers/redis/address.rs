//! Where a Redis is and how to log in, from its URL.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionAddr, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::link::Link;
use super::login::log_in;
use super::{failure, tls};
use crate::clock::within;
use crate::drivers::Failure;
use crate::drivers::socket::{Socket, TcpOptions};
use crate::plan::target::SecretUrl;

/// Makes sure that a URL can be understood, without going anywhere.
///
/// # Errors
/// What is wrong with it, without its password.
pub fn check(url: &SecretUrl) -> Result<(), Failure> {
    Address::parse(url, Duration::MAX).map(drop)
}

/// A checked URL that connections can be made to.
#[derive(Clone)]
pub(super) struct Address {
    way: Way,
    settings: RedisConnectionInfo,
    /// Host and port, or the socket's path; for messages.
    place: Arc<str>,
    connect_limit: Duration,
}

/// How to get there.
#[derive(Clone)]
enum Way {
    Tcp { host: String, port: u16, tls: Option<(Arc<ClientConfig>, ServerName<'static>)> },
    Unix(PathBuf),
}

impl Address {
    /// Reads a `redis://`, `rediss://` or `redis+unix://` URL.
    pub(super) fn parse(url: &SecretUrl, connect_limit: Duration) -> Result<Self, Failure> {
        let wrong = |reason: String| Failure::Misuse {
            message: format!("`{url}` is not a Redis URL: {reason}"),
            hint: Some(hint(url.reveal()).into()),
        };
        let text = url.reveal();
        let info = text.into_connection_info().map_err(|error| wrong(failure::reason(&error)))?;
        if let Some((key, hint)) = unknown_option(text) {
            let message = format!("`{url}` is not a Redis URL: it has no option `{key}`");
            return Err(Failure::Misuse { message, hint: Some(hint.into()) });
        }
        let mut settings = info.redis_settings().clone();
        if !text.contains("protocol=") {
            settings = settings.set_protocol(ProtocolVersion::RESP3);
        }
        let way = match info.addr().clone() {
            ConnectionAddr::Tcp(host, port) => Way::Tcp { host, port, tls: None },
            ConnectionAddr::TcpTls { host, port, insecure, .. } => {
                let name = ServerName::try_from(host.clone()).map_err(|error| wrong(error.to_string()))?;
                let config = tls::config(insecure).map_err(|reason| Failure::Misuse {
                    message: format!("`{url}` cannot be connected to: {reason}"),
                    hint: Some("put `#insecure` at the end of the URL to take any certificate".into()),
                })?;
                Way::Tcp { host, port, tls: Some((config, name)) }
            }
            ConnectionAddr::Unix(path) => Way::Unix(path),
            _ => return Err(wrong("there is no way to get there".into())),
        };
        Ok(Self { way, settings, place: info.addr().to_string().into(), connect_limit })
    }

    /// Opens a connection and logs in.
    pub(super) async fn connect(&self) -> Result<Link, Failure> {
        let connecting = async {
            let socket = self.open().await.map_err(|error| self.unreachable(&error.to_string()))?;
            let mut link = Link::new(socket, self.place.clone());
            match log_in(&mut link, &self.settings).await {
                Ok(()) => Ok(link),
                Err(Failure::ConnectionLost { message }) => Err(self.unreachable(link.reason(&message))),
                Err(failure) => Err(failure),
            }
        };
        match within(self.connect_limit, connecting).await {
            Ok(result) => result,
            Err(_) => Err(Failure::ConnectionLost {
                message: format!("no connection to `{}` within {:?}", self.place, self.connect_limit),
            }),
        }
    }

    async fn open(&self) -> io::Result<Socket> {
        let (host, port, tls) = match &self.way {
            Way::Unix(path) => return Socket::unix(path).await,
            Way::Tcp { host, port, tls } => (host, *port, tls),
        };
        let mut failed = None;
        for address in tokio::net::lookup_host((host.as_str(), port)).await? {
            match Socket::tcp(address, &TcpOptions::default()).await {
                Ok(mut socket) => {
                    if let Some((config, name)) = tls {
                        socket.secure(config.clone(), name.clone()).await?;
                    }
                    return Ok(socket);
                }
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address")))
    }

    fn unreachable(&self, why: &str) -> Failure {
        Failure::ConnectionLost { message: format!("no connection to `{}`: {why}", self.place) }
    }
}

/// The first option of a URL that means nothing, with what to write instead. The client library passes over it, and a
/// number given as `db` would lead to the data of database 0.
fn unknown_option(url: &str) -> Option<(&str, &'static str)> {
    let (known, hint): (&[&str], _) = match url.starts_with("redis+unix:") || url.starts_with("unix:") {
        true => (&["db", "user", "pass", "protocol"], "its options are `db`, `user`, `pass` and `protocol`"),
        false => (
            &["protocol"],
            "the number of a database is the path, as in `redis://host/3`, and user and password stand before the host",
        ),
    };
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let mut keys = query.split('&').map(|option| option.split('=').next().unwrap_or_default());
    Some((keys.find(|key| !key.is_empty() && !known.contains(key))?, hint))
}

/// What to do about a URL that cannot be read.
fn hint(url: &str) -> &'static str {
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    if address.split_once(['/', '?', '#']).is_some_and(|(_, rest)| rest.contains('@')) {
        return "percent-encode special characters in the password: `@` as `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23`";
    }
    "such as `redis://user:password@host:6379/0`, `rediss://…` or `redis+unix:///path`"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, Failure> {
        Address::parse(&SecretUrl::new(url), Duration::from_secs(1))
    }

    #[test]
    fn urls_of_every_kind_are_read() {
        for (url, place, resp3) in [
            ("redis://localhost", "localhost:6379", true),
            ("redis://user:secret@host:6400/3?protocol=resp2", "host:6400", false),
            ("rediss://host:6380", "host:6380", true),
            ("rediss://host:6380/#insecure", "host:6380", true),
            ("redis+unix:///tmp/redis.sock?db=2", "/tmp/redis.sock", true),
        ] {
            let address = parse(url).unwrap();
            let is_resp3 = address.settings.protocol() == ProtocolVersion::RESP3;
            assert_eq!((&*address.place, is_resp3), (place, resp3), "{url}");
        }
    }

    #[test]
    fn an_option_that_means_nothing_is_refused_with_where_it_belongs() {
        for (url, key, hint) in [
            ("redis://host/?db=3", "db", "`redis://host/3`"),
            ("rediss://host?protocol=resp3&database=3#insecure", "database", "`redis://host/3`"),
            ("redis+unix:///tmp/redis.sock?db=2&password=secret", "password", "`pass`"),
        ] {
            let Some(Failure::Misuse { message, hint: Some(told) }) = parse(url).err() else { panic!("{url}") };
            assert!(message.ends_with(&format!("it has no option `{key}`")), "{message}");
            assert!(told.contains(hint) && !message.contains("secret"), "{message}: {told}");
        }
    }

    #[test]
    fn a_wrong_url_is_told_without_its_password() {
        for url in [
            "http://user:secret@host",
            "redis://user:secret@host/nine",
            "nonsense",
            "redis://:secret@",
            "redis://user:12/secret@host",
            "redis://user:x#secret@host",
            "user:secret@host",
        ] {
            let message = parse(url).err().unwrap().to_string();
            assert!(message.contains("is not a Redis URL"), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
