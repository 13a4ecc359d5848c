//! Telling that what answers at an address is the other kind of server.
//!
//! Redis waits for the end of what it takes for a command when it is spoken to as PostgreSQL, and PostgreSQL hangs up
//! on Redis's protocol: one would see a timeout, or a broken pipe.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::drivers::Failure;
use crate::plan::target::SecretUrl;

/// How long a server gets before it is asked what it is: any that is well has answered by then.
const HESITATION: Duration = Duration::from_millis(500);

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// A kind of server that may answer where another is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// A PostgreSQL.
    Postgres,
    /// A Redis.
    Redis,
}

impl Stranger {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
        }
    }

    /// The flag that it is given with.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Postgres => "--pg",
            Self::Redis => "--redis",
        }
    }

    fn question(self) -> &'static [u8] {
        match self {
            // SSLRequest (PostgreSQL manual, 55.7): answered before anybody has to log in.
            Self::Postgres => &[0, 0, 0, 8, 4, 210, 22, 47],
            Self::Redis => b"PING\r\n",
        }
    }

    fn is_answer(self, answer: &[u8]) -> bool {
        match self {
            Self::Postgres => matches!(answer, b"S" | b"N"),
            Self::Redis => [&b"+PONG"[..], b"-NOAUTH", b"-ERR", b"-DENIED", b"-NOPERM"]
                .iter()
                .any(|start| answer.starts_with(start)),
        }
    }

    /// The port it usually has.
    fn usual_port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Redis => 6379,
        }
    }

    /// The kind that a target is when it is not this one.
    fn other(self) -> Self {
        match self {
            Self::Postgres => Self::Redis,
            Self::Redis => Self::Postgres,
        }
    }

    /// Whether one of this kind answers where a URL of the other kind leads.
    async fn answers(self, url: &SecretUrl) -> bool {
        let Some(place) = place(url.reveal(), self.other().usual_port()) else { return false };
        let asking = async {
            let mut stream = TcpStream::connect(place).await.ok()?;
            stream.write_all(self.question()).await.ok()?;
            let mut answer = [0; 64];
            let length = stream.read(&mut answer).await.ok()?;
            Some(self.is_answer(&answer[..length]))
        };
        matches!(tokio::time::timeout(PATIENCE, asking).await, Ok(Some(true)))
    }
}

/// Opens a connection to where `url` leads, unless `stranger` turns out to answer there, which is `None`.
pub async fn unless_met<T>(
    stranger: Stranger,
    url: Option<&SecretUrl>,
    opening: impl Future<Output = Result<T, Failure>>,
) -> Option<Result<T, Failure>> {
    let Some(url) = url else { return Some(opening.await) };
    let meeting = async {
        tokio::time::sleep(HESITATION).await;
        if !stranger.answers(url).await {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        opened = opening => match opened {
            Err(Failure::ConnectionLost { .. }) if stranger.answers(url).await => None,
            opened => Some(opened),
        },
        () = meeting => None,
    }
}

/// Host and port of a URL that leads to one host on a network.
fn place(url: &str, usual_port: u16) -> Option<(String, u16)> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    if hosts.is_empty() || hosts.contains([',', '%']) {
        return None;
    }
    if let Some((host, after)) = hosts.strip_prefix('[').and_then(|hosts| hosts.split_once(']')) {
        let port = after.strip_prefix(':').map_or(Some(usual_port), |port| port.parse().ok())?;
        return Some((host.to_owned(), port));
    }
    match hosts.split_once(':') {
        Some((host, port)) => Some((host.to_owned(), port.parse().ok()?)),
        None => Some((hosts.to_owned(), usual_port)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_host_on_a_network() {
        let place = |url| place(url, 5432);
        assert_eq!(place("postgres://me:p@127.0.0.1:1/app"), Some(("127.0.0.1".into(), 1)));
        assert_eq!(place("redis://cache"), Some(("cache".into(), 5432)));
        assert_eq!(place("postgres://[::1]:7?x=1"), Some(("::1".into(), 7)));
        assert_eq!(place("postgres://[::1]/app"), Some(("::1".into(), 5432)));
        for url in ["postgres:///app?host=/tmp", "host=db", "postgres://a,b/app", "redis+unix:///tmp/r"] {
            assert_eq!(place(url), None, "{url}");
        }
    }
}
