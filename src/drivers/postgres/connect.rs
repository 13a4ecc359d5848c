//! Finds the way to a server: hosts in turn, TLS as agreed, then a session; and a way of its own to cancel one.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use postgres_protocol::message::frontend;
use rand::seq::SliceRandom;
use rustls::pki_types::ServerName;
use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode, SslNegotiation, TargetSessionAttrs};

use super::config::Settings;
use super::error::connect_failure;
use super::protocol::{Message, Session, Wire, WireError, request, start};
use crate::drivers::Failure;
use crate::drivers::socket::{KeepAlive, Socket, TcpOptions};

/// The port of a server that names none.
const PORT: u16 = 5432;

/// One address of a server, where a connection was made.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Tcp {
        address: SocketAddr,
        /// The name that its certificate must have; unknown for a mere address.
        name: Option<String>,
    },
    Unix(PathBuf),
}

/// An open session, and what it takes to cancel what it does.
pub(super) struct Opened {
    pub wire: Wire,
    pub place: Place,
    pub session: Session,
}

/// Opens a session within `limit`.
pub(super) async fn open(settings: &Settings, limit: Duration) -> Result<Opened, Failure> {
    match tokio::time::timeout(limit, settings.open()).await {
        Ok(opened) => opened.map_err(|error| connect_failure(&error, &settings.host)),
        Err(_) => {
            let message = format!("cannot connect to `{}` within {limit:?}", settings.host);
            Err(Failure::ConnectionLost { message })
        }
    }
}

/// Asks the server at `place` to cancel what a session does, and waits until it has heard that.
pub(super) async fn cancel(settings: &Settings, place: &Place, session: Session) -> Result<(), WireError> {
    let mut socket = settings.reach(place).await?;
    socket.send(|out| {
        frontend::cancel_request(session.process_id, session.secret, out);
        Ok::<_, WireError>(())
    })?;
    // It answers nothing, and ends the connection when it is done.
    while poll_fn(|context| socket.poll_fill(context, 1)).await? > 0 {
        socket.consume(socket.input().len());
    }
    Ok(())
}

impl Settings {
    /// Tries all hosts and all their addresses in turn.
    async fn open(&self) -> Result<Opened, WireError> {
        let (hosts, addresses) = (self.config.get_hosts(), self.config.get_hostaddrs());
        let count = hosts.len().max(addresses.len());
        if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
            return Err(WireError::Disagreement("there are not as many `hostaddr` as `host`"));
        }
        let ports = self.config.get_ports();
        if ports.len() > 1 && ports.len() != count {
            return Err(WireError::Disagreement("there are not as many ports as hosts"));
        }
        let mut order: Vec<usize> = (0..count).collect();
        self.shuffle(&mut order);
        let mut last = WireError::Disagreement("no host is named");
        for index in order {
            let port = ports.get(index).or_else(|| ports.first()).copied().unwrap_or(PORT);
            let places = match (hosts.get(index), addresses.get(index)) {
                (Some(Host::Unix(folder)), None) => vec![Place::Unix(folder.join(format!(".s.PGSQL.{port}")))],
                (Some(Host::Tcp(name)), None) => match self.look_up(name, port).await {
                    Ok(places) => places,
                    Err(error) => {
                        last = error.into();
                        continue;
                    }
                },
                (host, Some(&address)) => {
                    let name = host.and_then(|host| match host {
                        Host::Tcp(name) => Some(name.clone()),
                        Host::Unix(_) => None,
                    });
                    vec![Place::Tcp { address: (address, port).into(), name }]
                }
                (None, None) => Vec::new(),
            };
            for place in places {
                match self.open_at(place).await {
                    Ok(opened) => return Ok(opened),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }

    fn shuffle<T>(&self, items: &mut [T]) {
        if self.config.get_load_balance_hosts() == LoadBalanceHosts::Random {
            items.shuffle(&mut rand::rng());
        }
    }

    async fn look_up(&self, name: &str, port: u16) -> io::Result<Vec<Place>> {
        let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host((name, port)).await?.collect();
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "could not resolve any addresses"));
        }
        self.shuffle(&mut addresses);
        let place = |address| Place::Tcp { address, name: Some(name.to_owned()) };
        Ok(addresses.into_iter().map(place).collect())
    }

    async fn open_at(&self, place: Place) -> Result<Opened, WireError> {
        let mut wire = Wire::new(self.reach(&place).await?);
        let session = start(&mut wire, &self.config).await?;
        let attributes = self.config.get_target_session_attrs();
        if attributes != TargetSessionAttrs::Any {
            match (is_read_only(&mut wire).await?, attributes) {
                (true, TargetSessionAttrs::ReadWrite) => {
                    return Err(WireError::Disagreement("database does not allow writes"));
                }
                (false, TargetSessionAttrs::ReadOnly) => {
                    return Err(WireError::Disagreement("database is not read only"));
                }
                _ => {}
            }
        }
        Ok(Opened { wire, place, session })
    }

    /// A connected socket, encrypted if that was agreed.
    async fn reach(&self, place: &Place) -> Result<Socket, WireError> {
        let connecting = self.connect(place);
        let mut socket = match self.config.get_connect_timeout() {
            Some(limit) => tokio::time::timeout(*limit, connecting)
                .await
                .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "connection timed out"))??,
            None => connecting.await?,
        };
        if self.agree_on_tls(&mut socket).await? {
            let Place::Tcp { name: Some(name), .. } = place else {
                return Err(WireError::Disagreement("no hostname provided for TLS handshake"));
            };
            let name = ServerName::try_from(name.clone()).map_err(io::Error::other)?;
            socket.secure(self.tls.clone(), name).await?;
        }
        Ok(socket)
    }

    async fn connect(&self, place: &Place) -> io::Result<Socket> {
        let config = &self.config;
        match place {
            Place::Unix(path) => Socket::unix(path).await,
            Place::Tcp { address, .. } => {
                let keep_alive = config.get_keepalives().then(|| KeepAlive {
                    idle: config.get_keepalives_idle(),
                    interval: config.get_keepalives_interval(),
                    retries: config.get_keepalives_retries(),
                });
                let user_timeout = config.get_tcp_user_timeout().copied();
                Socket::tcp(*address, &TcpOptions { keep_alive, user_timeout }).await
            }
        }
    }

    /// Whether the connection is to be encrypted: as its mode says and the server can.
    async fn agree_on_tls(&self, socket: &mut Socket) -> Result<bool, WireError> {
        let mode = self.config.get_ssl_mode();
        match (mode, self.config.get_ssl_negotiation()) {
            (SslMode::Disable, _) => return Ok(false),
            (SslMode::Require, SslNegotiation::Direct) => return Ok(true),
            (_, SslNegotiation::Direct) => {
                let why = "weak sslmode \"prefer\" may not be used with sslnegotiation=direct (use \"require\")";
                return Err(WireError::Disagreement(why));
            }
            _ => {}
        }
        socket.send(|out| {
            frontend::ssl_request(out);
            Ok::<_, WireError>(())
        })?;
        while socket.input().is_empty() {
            if poll_fn(|context| socket.poll_fill(context, 1)).await? == 0 {
                return Err(WireError::Closed);
            }
        }
        let agreed = socket.input()[0] == b'S';
        socket.consume(1);
        if !agreed && mode == SslMode::Require {
            return Err(WireError::Disagreement("server does not support TLS"));
        }
        Ok(agreed)
    }
}

async fn is_read_only(wire: &mut Wire) -> Result<bool, WireError> {
    wire.send(|out| request::query("SHOW transaction_read_only", out))?;
    let mut read_only = false;
    let mut refused = None;
    loop {
        let (tag, length) = poll_fn(|context| wire.poll_message(context)).await?;
        let Message { body, .. } = wire.message(tag, length);
        match tag {
            // One value, whose text stands behind two bytes of count and four of length.
            b'D' => read_only = body.get(6..) == Some(b"on"),
            b'E' => refused = Some(WireError::refused(body)),
            b'Z' => {
                wire.pass(length);
                return refused.map_or(Ok(read_only), Err);
            }
            _ => {}
        }
        wire.pass(length);
    }
}
