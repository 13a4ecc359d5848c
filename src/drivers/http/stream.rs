//! A socket as the libraries of HTTP and WebSockets want it.
//!
//! What is written goes to the socket's outbox, which is emptied at the end of the worker's turn, so there is nothing to
//! flush; how the writing went is told by reading.

use std::cell::Cell;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use hyper::rt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::drivers::socket::Socket;

/// No more than this waits to be taken by the system, so that a large upload takes no more memory.
const MOST_UNSENT: usize = 256 * 1024;

/// A socket whose bytes are counted.
pub(in crate::drivers) struct Stream {
    socket: Socket,
    bytes: Rc<Cell<u64>>,
}

impl Stream {
    /// Adds every byte that is sent or received, before and after TLS, to `bytes`.
    pub(in crate::drivers) fn new(socket: Socket, bytes: Rc<Cell<u64>>) -> Self {
        Self { socket, bytes }
    }

    /// At most `room` bytes that have come; none at the end.
    fn poll_input(&mut self, context: &mut Context<'_>, room: usize) -> Poll<io::Result<&[u8]>> {
        if self.socket.input().is_empty() && ready!(self.socket.poll_fill(context, 0))? == 0 {
            return Poll::Ready(Ok(&[]));
        }
        let input = self.socket.input();
        Poll::Ready(Ok(&input[..input.len().min(room)]))
    }

    fn used(&mut self, count: usize) {
        self.socket.consume(count);
        self.bytes.set(self.bytes.get() + count as u64);
    }

    fn poll_output(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.socket.poll_drained(context, MOST_UNSENT));
        let Ok(()) = self.socket.send(|out| {
            out.extend_from_slice(bytes);
            Ok::<_, Infallible>(())
        });
        self.bytes.set(self.bytes.get() + bytes.len() as u64);
        Poll::Ready(Ok(bytes.len()))
    }
}

impl rt::Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut into: rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let input = ready!(self.poll_input(context, into.remaining()))?;
        into.put_slice(input);
        let count = input.len();
        self.used(count);
        Poll::Ready(Ok(()))
    }
}

impl rt::Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_output(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let input = ready!(self.poll_input(context, into.remaining()))?;
        into.put_slice(input);
        let count = input.len();
        self.used(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_output(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
