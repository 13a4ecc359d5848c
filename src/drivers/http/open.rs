//! The way to a server, with the time that each step took.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Address, HttpFault};
use crate::clock::within;
use crate::drivers::Failure;
use crate::drivers::socket::{Socket, TcpOptions};

/// How long the steps to an open connection took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opening {
    /// Finding the host's addresses.
    pub dns: Duration,
    /// Until one of them took the connection.
    pub connect: Duration,
    /// Shaking hands for TLS, where it is used.
    pub tls: Option<Duration>,
}

impl Address {
    /// Opens a socket, with TLS if the URL says so.
    pub(in crate::drivers) async fn open(&self) -> Result<(Socket, Opening), Failure> {
        within(self.connect_limit, self.steps()).await.unwrap_or_else(|_| {
            Err(self.unreachable(HttpFault::Connect, &format!("not within {:?}", self.connect_limit)))
        })
    }

    async fn steps(&self) -> Result<(Socket, Opening), Failure> {
        let mut opening = Opening::default();
        let mut begun = Instant::now();
        // Names are looked up on a thread of the runtime's own, so that nobody else waits for it.
        let addresses: Vec<SocketAddr> = match tokio::net::lookup_host((self.host.as_str(), self.port)).await {
            Ok(addresses) => addresses.collect(),
            Err(error) => return Err(self.unreachable(HttpFault::Dns, &error.to_string())),
        };
        opening.dns = lap(&mut begun);
        let mut socket = self.first_of(&addresses).await?;
        opening.connect = lap(&mut begun);
        if let Some((config, name)) = &self.tls {
            let secured = socket.secure(config.clone(), name.clone()).await;
            secured.map_err(|error| {
                let (fault, why) = tls_reason(&error);
                self.unreachable(fault, &why)
            })?;
            opening.tls = Some(lap(&mut begun));
        }
        Ok((socket, opening))
    }

    async fn first_of(&self, addresses: &[SocketAddr]) -> Result<Socket, Failure> {
        let mut failed = None;
        for address in addresses {
            match Socket::tcp(*address, &TcpOptions::default()).await {
                Ok(socket) => return Ok(socket),
                Err(error) => failed = Some(error),
            }
        }
        Err(match failed {
            Some(error) => self.unreachable(HttpFault::Connect, &error.to_string()),
            None => self.unreachable(HttpFault::Dns, "the host has no address"),
        })
    }

    fn unreachable(&self, fault: HttpFault, why: &str) -> Failure {
        Failure::Http { fault, message: format!("no connection to `{}`: {why}", self.place) }
    }
}

/// The time since `begun`, which becomes now.
fn lap(begun: &mut Instant) -> Duration {
    let before = std::mem::replace(begun, Instant::now());
    *begun - before
}

/// What TLS itself says, rather than what the system makes of it.
fn tls_reason(error: &io::Error) -> (HttpFault, String) {
    let told = error.get_ref().and_then(|source| source.downcast_ref());
    match told {
        Some(rustls::Error::InvalidCertificate(_)) => (HttpFault::Certificate, error.to_string()),
        Some(rustls::Error::InvalidMessage(_)) => (HttpFault::Tls, format!("it does not speak TLS: {error}")),
        _ if error.kind() == io::ErrorKind::UnexpectedEof => (HttpFault::Tls, "the server hung up on TLS".to_owned()),
        _ => (HttpFault::Tls, error.to_string()),
    }
}
