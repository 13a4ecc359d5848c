//! An open socket: bytes out through an outbox, bytes in through one buffer that is used again and again.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UnixStream};

use super::outbox::{Departure, Outbox};
use super::stream::{Reading, Writing, split_tcp, split_unix};
use super::tls::Session;

/// Room for each read; more than an answer usually takes, so that one read takes all of it.
const READ: usize = 16 * 1024;

/// Room is made for so much of an announced message at a time, so that a length that nobody can mean costs no memory.
const MOST_ROOM: usize = 16 * 1024 * 1024;

/// A used-up buffer larger than this is given back: a connection that once read much has no more use for it.
const KEPT_CAPACITY: usize = 256 * 1024;

/// What can be set of a TCP connection; delays are always off.
#[derive(Debug, Clone, Default)]
pub struct TcpOptions {
    /// When and how often to make sure that an idle connection still stands; `None` for never.
    pub keep_alive: Option<KeepAlive>,
    /// How long sent data may stay without an acknowledgement; `None` for the system's own limit.
    pub user_timeout: Option<Duration>,
}

/// When and how often to make sure that an idle connection still stands.
#[derive(Debug, Clone)]
pub struct KeepAlive {
    /// After how long without traffic.
    pub idle: Duration,
    /// The time between two attempts; `None` for the system's own.
    pub interval: Option<Duration>,
    /// How many attempts; `None` for the system's own.
    pub retries: Option<u32>,
}

/// A connected socket, plain or encrypted. Used by one reader at a time; sending needs no waiting.
pub struct Socket {
    reading: Reading,
    outbox: Outbox,
    input: BytesMut,
    /// How much of the input has been used.
    used: usize,
    tls: Option<Box<Session>>,
}

impl Socket {
    /// Connects over TCP.
    pub async fn tcp(address: SocketAddr, options: &TcpOptions) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        #[cfg(target_os = "linux")]
        if let Some(limit) = options.user_timeout {
            socket.set_tcp_user_timeout(Some(limit))?;
        }
        if let Some(keep_alive) = &options.keep_alive {
            let mut set = TcpKeepalive::new().with_time(keep_alive.idle);
            if let Some(interval) = keep_alive.interval {
                set = set.with_interval(interval);
            }
            if let Some(retries) = keep_alive.retries {
                set = set.with_retries(retries);
            }
            socket.set_tcp_keepalive(&set)?;
        }
        Ok(Self::new(split_tcp(stream)))
    }

    /// Connects to a Unix socket.
    pub async fn unix(path: &Path) -> io::Result<Self> {
        Ok(Self::new(split_unix(UnixStream::connect(path).await?)))
    }

    pub(super) fn new((reading, writing): (Reading, Writing)) -> Self {
        Self { reading, outbox: Outbox::new(writing), input: BytesMut::new(), used: 0, tls: None }
    }

    /// Goes over to TLS.
    pub async fn secure(&mut self, config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<()> {
        if !self.input().is_empty() {
            // Somebody in between may have slipped it in, to be taken for what came encrypted.
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the server sent more before it began TLS"));
        }
        let mut session = Box::new(Session::new(config, name)?);
        self.send(|out| {
            session.write_pending(out);
            Ok::<_, io::Error>(())
        })?;
        self.tls = Some(session);
        while self.tls.as_ref().is_some_and(|session| session.is_handshaking()) {
            if poll_fn(|context| self.poll_read(context)).await?.is_none() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// The other side's certificates, its own first; none without TLS.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        self.tls.as_ref().map(|session| session.certificates()).unwrap_or_default()
    }

    /// Sends what `write` appends, after all that was sent before; if that fails, nothing of it. How the sending goes
    /// is told by reading.
    pub fn send<E>(&mut self, write: impl FnOnce(&mut BytesMut) -> Result<(), E>) -> Result<(), E> {
        match &mut self.tls {
            None => self.outbox.send(write),
            Some(session) => self.outbox.send(|out| session.encrypt(write, out)),
        }
    }

    /// Waits until at most `limit` bytes of what was sent are still here.
    pub fn poll_drained(&mut self, context: &mut Context<'_>, limit: usize) -> Poll<()> {
        self.outbox.poll_drained(context, limit)
    }

    /// Tells when what is sent leaves.
    pub fn departure(&self) -> Departure {
        self.outbox.departure()
    }

    /// Forgets what was sent and is still here.
    pub fn take_back(&mut self) {
        self.outbox.clear();
    }

    /// What has come and was not used yet.
    pub fn input(&self) -> &[u8] {
        &self.input[self.used..]
    }

    /// Marks the first `count` bytes of the input as used.
    pub fn consume(&mut self, count: usize) {
        self.used += count;
        debug_assert!(self.used <= self.input.len());
    }

    /// Waits for more input, with room for `missing` bytes or as many as are reasonable at a time; 0 at the end.
    pub fn poll_fill(&mut self, context: &mut Context<'_>, missing: usize) -> Poll<io::Result<usize>> {
        self.make_room(missing);
        // TLS may bring records without a byte for us.
        loop {
            match ready!(self.poll_read(context))? {
                Some(0) => {}
                Some(count) => return Poll::Ready(Ok(count)),
                None => return Poll::Ready(self.end()),
            }
        }
    }

    /// The same without waiting: `None` if nothing has come. Asks the system only if the runtime has heard of
    /// something.
    pub fn try_fill(&mut self) -> io::Result<Option<usize>> {
        self.make_room(0);
        let into = match &mut self.tls {
            None => &mut self.input,
            Some(session) => {
                session.received.reserve(READ);
                &mut session.received
            }
        };
        match self.reading.try_read(into) {
            Ok(0) => self.end().map(Some),
            Ok(count) if self.tls.is_none() => Ok(Some(count)),
            Ok(_) => match self.decrypt()? {
                Some(0) => Ok(None),
                Some(count) => Ok(Some(count)),
                None => self.end().map(Some),
            },
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn make_room(&mut self, missing: usize) {
        if self.used < self.input.len() {
            self.input.advance(self.used);
        } else if self.input.capacity() > KEPT_CAPACITY {
            self.input = BytesMut::new();
        } else {
            self.input.clear();
        }
        self.used = 0;
        let room = missing.clamp(READ, MOST_ROOM);
        if self.tls.is_none() && self.input.capacity() - self.input.len() < room {
            self.input.reserve(room);
        }
    }

    /// One read: how many bytes of input it brought, `None` at the end.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<usize>>> {
        self.outbox.push_on(context);
        let Some(session) = &mut self.tls else {
            return self.reading.poll(context, &mut self.input).map_ok(|count| (count > 0).then_some(count));
        };
        session.received.reserve(READ);
        if ready!(self.reading.poll(context, &mut session.received))? == 0 {
            return Poll::Ready(Ok(None));
        }
        Poll::Ready(self.decrypt())
    }

    fn decrypt(&mut self) -> io::Result<Option<usize>> {
        let Some(session) = &mut self.tls else { return Ok(Some(0)) };
        let decrypted = session.decrypt(&mut self.input);
        // An answer of TLS itself, or the reason why it goes no further.
        if session.has_pending() {
            self.outbox.send(|out| {
                session.write_pending(out);
                Ok::<_, io::Error>(())
            })?;
        }
        match decrypted? {
            (0, true) => Ok(None),
            (count, _) => Ok(Some(count)),
        }
    }

    /// The end of the input: in good order, or because it could not be written to.
    fn end(&mut self) -> io::Result<usize> {
        self.outbox.take_error().map_or(Ok(0), Err)
    }
}
