//! A socket that gives whole messages.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::WireError;
use super::frame::{Frame, HEADER, Message};
use crate::drivers::postgres::notify::Notified;
use crate::drivers::postgres::reader::{Malformed, Reader};
use crate::drivers::socket::Socket;

/// Where a session stands between two requests, by its last ReadyForQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Status {
    /// In no transaction.
    Idle,
    /// In a transaction.
    InTransaction,
    /// In a transaction that an error has spoilt.
    Failed,
}

/// A session's messages, out and in.
pub(in super::super) struct Wire {
    socket: Socket,
    /// By the last ReadyForQuery that was passed.
    pub status: Status,
    /// Where notifications go; without it they are passed over.
    pub notifications: Option<VecDeque<Notified>>,
}

impl Wire {
    pub(in super::super) fn new(socket: Socket) -> Self {
        Self { socket, status: Status::Idle, notifications: None }
    }

    /// The socket itself, to be made encrypted or asked about that.
    pub(in super::super) fn socket(&mut self) -> &mut Socket {
        &mut self.socket
    }

    /// Sends what `write` appends; nothing of it if that fails.
    pub(in super::super) fn send<T, E>(&mut self, write: impl FnOnce(&mut BytesMut) -> Result<T, E>) -> Result<T, E> {
        let mut written = None;
        self.socket.send(|out| {
            written = Some(write(out)?);
            Ok(())
        })?;
        Ok(written.expect("`write` was called, or an error returned"))
    }

    /// Says farewell.
    pub(in super::super) fn terminate(&mut self) {
        let Ok(()) = self.socket.send(|out| {
            frontend::terminate(out);
            Ok::<_, Infallible>(())
        });
    }

    /// Says farewell, and waits until that has left.
    pub(in super::super) async fn say_farewell(&mut self) {
        self.terminate();
        poll_fn(|context| self.socket.poll_drained(context, 0)).await;
    }

    /// Waits for the next message that is an answer, and says how long it is; its body can be read until it is passed.
    ///
    /// Notices and changed settings, which can come at any time and are for humans at a prompt, are passed over.
    pub(in super::super) fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Result<(u8, usize), WireError>> {
        loop {
            match self.next()? {
                Next::Message(tag, length) => return Poll::Ready(Ok((tag, length))),
                Next::Missing(missing) => {
                    if ready!(self.socket.poll_fill(context, missing))? == 0 {
                        return Poll::Ready(Err(WireError::Closed));
                    }
                }
            }
        }
    }

    /// The message that [`Self::poll_message`] has found.
    pub(in super::super) fn message(&self, tag: u8, length: usize) -> Message<'_> {
        Message { tag, body: &self.socket.input()[HEADER..length] }
    }

    /// Goes on to the next message.
    pub(in super::super) fn pass(&mut self, length: usize) {
        self.socket.consume(length);
    }

    /// Makes sure, without waiting, that an idle session still stands. A server that ends one says why, if it can.
    pub(in super::super) fn look(&mut self) -> Result<(), WireError> {
        loop {
            match self.next()? {
                Next::Message(b'E', length) => {
                    return Err(WireError::refused(self.message(b'E', length).body));
                }
                Next::Message(..) => return Err(WireError::Alien),
                Next::Missing(_) => match self.socket.try_fill()? {
                    None => return Ok(()),
                    Some(0) => return Err(WireError::Closed),
                    Some(_) => {}
                },
            }
        }
    }

    /// What stands first in the input and is an answer.
    fn next(&mut self) -> Result<Next, WireError> {
        loop {
            match Frame::of(self.socket.input()) {
                Frame::Whole { tag: b'N' | b'S', length } => self.pass(length),
                Frame::Whole { tag: b'A', length } => {
                    if let Some(notifications) = &mut self.notifications {
                        let body = &self.socket.input()[HEADER..length];
                        notifications.push_back(notified(body).map_err(|_| WireError::Alien)?);
                    }
                    self.pass(length);
                }
                Frame::Whole { tag, length } => return Ok(Next::Message(tag, length)),
                Frame::Part { missing } => return Ok(Next::Missing(missing)),
                Frame::Alien => return Err(WireError::Alien),
            }
        }
    }

    /// Takes note of a ReadyForQuery.
    pub(in super::super) fn is_ready(&mut self, body: &[u8; 1]) {
        self.status = match body {
            b"T" => Status::InTransaction,
            b"E" => Status::Failed,
            _ => Status::Idle,
        };
    }
}

enum Next {
    Message(u8, usize),
    Missing(usize),
}

fn notified(body: &[u8]) -> Result<Notified, Malformed> {
    let mut reader = Reader::new(body);
    let process_id = reader.i32()?;
    let channel = reader.cstring()?.to_owned();
    Ok(Notified { channel, payload: reader.cstring()?.to_owned(), process_id })
}
