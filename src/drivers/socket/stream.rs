//! What TCP and Unix sockets have in common, in two halves: one reads while the other belongs to an outbox.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::BytesMut;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, UnixStream, tcp, unix};

/// The half that reads.
pub(super) enum Reading {
    Tcp(tcp::OwnedReadHalf),
    Unix(unix::OwnedReadHalf),
}

/// The half that writes.
pub(super) enum Writing {
    Tcp(tcp::OwnedWriteHalf),
    Unix(unix::OwnedWriteHalf),
}

pub(super) fn split_tcp(stream: TcpStream) -> (Reading, Writing) {
    let (reading, writing) = stream.into_split();
    (Reading::Tcp(reading), Writing::Tcp(writing))
}

pub(super) fn split_unix(stream: UnixStream) -> (Reading, Writing) {
    let (reading, writing) = stream.into_split();
    (Reading::Unix(reading), Writing::Unix(writing))
}

impl Reading {
    /// Appends what has come to `into`, as far as it has room; 0 at the end.
    ///
    /// The runtime takes a read that leaves room for having emptied the socket, so none is spent on finding it empty.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, into: &mut BytesMut) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(half) => pin!(half.read_buf(into)).poll(context),
            Self::Unix(half) => pin!(half.read_buf(into)).poll(context),
        }
    }

    /// The same without waiting; asks the system only if the runtime has heard of something to read.
    pub(super) fn try_read(&mut self, into: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Tcp(half) => half.try_read_buf(into),
            Self::Unix(half) => half.try_read_buf(into),
        }
    }
}

impl Writing {
    /// Writes what the system takes at once.
    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(half) => half.try_write(bytes),
            Self::Unix(half) => half.try_write(bytes),
        }
    }

    /// The same, waking the task once it takes more.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(half) => Pin::new(half).poll_write(context, bytes),
            Self::Unix(half) => Pin::new(half).poll_write(context, bytes),
        }
    }

    /// Ends both directions, which whoever reads is told of.
    pub(super) fn shut_down(&self) {
        // One that is at its end already is what was wanted.
        let _ = match self {
            Self::Tcp(half) => SockRef::from(half.as_ref()).shutdown(std::net::Shutdown::Both),
            Self::Unix(half) => SockRef::from(half.as_ref()).shutdown(std::net::Shutdown::Both),
        };
    }
}
