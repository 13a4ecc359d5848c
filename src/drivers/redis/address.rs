//! Where a Redis is and how to log in, from its URL.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo, ProtocolVersion, aio};

use super::failure;
use crate::drivers::Failure;
use crate::plan::target::SecretUrl;

/// Makes sure that a URL can be understood, without going anywhere.
///
/// # Errors
/// What is wrong with it, without its password.
pub fn check(url: &SecretUrl) -> Result<(), Failure> {
    Address::parse(url, Duration::MAX).map(drop)
}

/// A checked URL that connections can be made to.
#[derive(Debug, Clone)]
pub(super) struct Address {
    client: Client,
    /// Host and port, or the socket's path; for messages.
    place: String,
    connect_limit: Duration,
}

impl Address {
    /// Reads a `redis://`, `rediss://` or `redis+unix://` URL.
    pub(super) fn parse(url: &SecretUrl, connect_limit: Duration) -> Result<Self, Failure> {
        let wrong = |reason: String| Failure::Misuse {
            message: format!("`{url}` is not a Redis URL: {reason}"),
            hint: Some(hint(url.reveal()).into()),
        };
        let text = url.reveal();
        let mut info = text.into_connection_info().map_err(|error| wrong(failure::reason(&error)))?;
        if !text.contains("protocol=") {
            let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
            info = info.set_redis_settings(settings);
        }
        let place = info.addr().to_string();
        let client = Client::open(info).map_err(|error| wrong(failure::reason(&error)))?;
        Ok(Self { client, place, connect_limit })
    }

    /// Host and port, or the socket's path.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Whether maps, doubles and so on come as such.
    pub(super) fn is_resp3(&self) -> bool {
        self.client.get_connection_info().redis_settings().protocol() == ProtocolVersion::RESP3
    }

    /// Opens a connection for commands.
    pub(super) async fn connect(&self) -> Result<aio::MultiplexedConnection, Failure> {
        // The limits are our own: a response may take as long as its command is allowed to.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        self.within_limit(self.client.get_multiplexed_async_connection_with_config(&config)).await
    }

    /// Opens a connection for subscriptions.
    pub(super) async fn connect_for_messages(&self) -> Result<aio::PubSub, Failure> {
        self.within_limit(self.client.get_async_pubsub()).await
    }

    async fn within_limit<T>(&self, connecting: impl Future<Output = redis::RedisResult<T>>) -> Result<T, Failure> {
        match tokio::time::timeout(self.connect_limit, connecting).await {
            Ok(result) => result.map_err(|error| failure::while_connecting(&error, &self.place)),
            Err(_) => Err(Failure::ConnectionLost {
                message: format!("no connection to `{}` within {:?}", self.place, self.connect_limit),
            }),
        }
    }
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
            assert_eq!((address.place(), address.is_resp3()), (place, resp3), "{url}");
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
            let message = parse(url).unwrap_err().to_string();
            assert!(message.contains("is not a Redis URL"), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
