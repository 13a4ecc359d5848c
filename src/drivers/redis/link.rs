//! A socket that speaks Redis's protocol: commands out, replies in.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use redis::Value;

use super::command::Command;
use super::resp::{End, Extent, Malformed, decode};
use crate::drivers::Failure;
use crate::drivers::socket::{Departure, Socket};

/// An open connection, without knowledge of what its replies are to.
pub(super) struct Link {
    socket: Socket,
    /// Host and port, or the socket's path; for messages.
    place: Arc<str>,
    /// How far the reply that is coming in has been looked at.
    extent: Extent,
    bytes: u64,
}

impl Link {
    pub(super) fn new(socket: Socket, place: Arc<str>) -> Self {
        Self { socket, place, extent: Extent::default(), bytes: 0 }
    }

    /// Host and port, or the socket's path.
    pub(super) fn place(&self) -> &Arc<str> {
        &self.place
    }

    /// Tells when what is sent leaves.
    pub(super) fn departure(&self) -> Departure {
        self.socket.departure()
    }

    /// Bytes sent and received since this was last asked.
    pub(super) fn take_bytes(&mut self) -> u64 {
        std::mem::take(&mut self.bytes)
    }

    /// Sends commands. How the sending goes is told by reading.
    pub(super) fn send(&mut self, commands: &[Command]) {
        let sent: Result<(), Infallible> = self.socket.send(|out| {
            let before = out.len();
            commands.iter().for_each(|command| command.write(out));
            self.bytes += (out.len() - before) as u64;
            Ok(())
        });
        let Ok(()) = sent;
    }

    /// The next reply.
    ///
    /// Dropped while it waits, nothing is lost: the next call gets the reply.
    pub(super) async fn reply(&mut self) -> Result<Value, Failure> {
        loop {
            // A server says some things unasked, such as that a tracked key has changed.
            match self.next().await? {
                Value::Push { .. } => {}
                reply => return Ok(reply),
            }
        }
    }

    /// The next reply or message, as [`Link::reply`] otherwise.
    pub(super) async fn next(&mut self) -> Result<Value, Failure> {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Value, Failure>> {
        loop {
            let missing = match self.extent.find(self.socket.input()) {
                Ok(End::At(end)) => return Poll::Ready(self.take(end).map_err(|Malformed| self.malformed())),
                Ok(End::Missing(missing)) => missing,
                Err(Malformed) => return Poll::Ready(Err(self.malformed())),
            };
            match ready!(self.socket.poll_fill(context, missing)) {
                Ok(0) => return Poll::Ready(Err(self.lost("the server closed it"))),
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(self.lost(&error.to_string()))),
            }
        }
    }

    fn take(&mut self, end: usize) -> Result<Value, Malformed> {
        let value = decode(&self.socket.input()[..end])?;
        self.socket.consume(end);
        self.extent = Extent::default();
        self.bytes += end as u64;
        Ok(value)
    }

    /// Why it was lost, out of the message of a failure.
    pub(super) fn reason<'a>(&self, message: &'a str) -> &'a str {
        message.strip_prefix(&self.lost_because("")).unwrap_or(message)
    }

    fn malformed(&self) -> Failure {
        self.lost("what came is not Redis's protocol")
    }

    fn lost(&self, why: &str) -> Failure {
        Failure::ConnectionLost { message: self.lost_because(why) }
    }

    fn lost_because(&self, why: &str) -> String {
        format!("connection to `{}` lost: {why}", self.place)
    }
}
