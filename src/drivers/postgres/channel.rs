//! Who waits for which answer: calls on one connection may overlap, and answers come in the order of requests.
//!
//! There is no task in between. Each caller writes its own request and reads its own answer; whoever is first in line
//! reads, the others wait to be next. An answer whose caller has gone is passed over by the next in line.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;

use super::notify::Notified;
use super::protocol::{Message, Refusal, Status, Wire, WireError};

/// A connection's wire, and the line of those who wait on it.
pub(super) struct Channel {
    /// `None` once it has ended or was given up.
    wire: Option<Wire>,
    /// What ended it, once something has.
    epitaph: Option<String>,
    /// Requests sent so far.
    sent: u64,
    /// Requests whose answer has been read to its end.
    answered: u64,
    /// Requests whose caller has gone.
    abandoned: Vec<u64>,
    /// Callers that are not first in line.
    waiting: Vec<(u64, Waker)>,
}

/// What a caller makes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It waits for the next.
    Next,
    /// It takes what else has come already, but waits for no more.
    Enough,
    /// It wants to do something first.
    Pause,
}

/// How far an answer has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// As far as the caller wanted.
    Paused,
    /// To its end.
    Done,
}

impl Channel {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire: Some(wire), epitaph: None, sent: 0, answered: 0, abandoned: Vec::new(), waiting: Vec::new() }
    }

    /// Where the session stands; idle once it has ended.
    pub(super) fn status(&self) -> Status {
        self.wire.as_ref().map_or(Status::Idle, |wire| wire.status)
    }

    /// Whether it is known to have ended.
    pub(super) fn has_ended(&self) -> bool {
        self.wire.is_none()
    }

    /// Makes sure, without waiting, that it still stands, unless an answer is under way, which will tell.
    pub(super) fn look(&mut self) {
        if self.sent == self.answered
            && let Some(Err(error)) = self.wire.as_mut().map(Wire::look)
        {
            self.end(&error);
        }
    }

    /// What ended it, if that is known.
    pub(super) fn epitaph(&self) -> Option<&str> {
        self.epitaph.as_deref()
    }

    /// Takes the wire away: nobody can use it any more, and whoever waits is told so.
    pub(super) fn take(&mut self) -> Option<Wire> {
        self.wake_all();
        self.wire.take()
    }

    fn end(&mut self, error: &WireError) {
        self.epitaph.get_or_insert_with(|| error.to_string());
        self.take();
    }

    fn wake_all(&mut self) {
        self.waiting.drain(..).for_each(|(_, waker)| waker.wake());
    }

    /// Waits for the next notification; `None` once the connection has ended.
    pub(super) fn poll_notification(&mut self, context: &mut Context<'_>) -> Poll<Option<Notified>> {
        let Some(wire) = &mut self.wire else { return Poll::Ready(None) };
        let polled = wire.poll_message(context);
        if let Some(notified) = wire.notifications.as_mut().and_then(|queue| queue.pop_front()) {
            return Poll::Ready(Some(notified));
        }
        match polled {
            Poll::Pending => Poll::Pending,
            // Nothing was asked, so any answer is the end: the server's reason for it, if it has one.
            Poll::Ready(answer) => {
                let error = match answer {
                    Ok((b'E', length)) => WireError::refused(wire.message(b'E', length).body),
                    Ok(_) => WireError::Alien,
                    Err(error) => error,
                };
                self.end(&error);
                Poll::Ready(None)
            }
        }
    }

    /// Reads on in the answer to request `ticket`, once it is first in line.
    fn poll_answer(
        &mut self,
        context: &mut Context<'_>,
        ticket: u64,
        refusal: &mut Option<Box<Refusal>>,
        mut each: impl FnMut(Message<'_>) -> Step,
    ) -> Poll<Result<Progress, WireError>> {
        while self.answered < ticket {
            // Whoever was first in line has met its end: there is nothing to wait for.
            if self.has_ended() {
                return Poll::Ready(Err(WireError::Closed));
            }
            let Some(at) = self.abandoned.iter().position(|&abandoned| abandoned == self.answered) else {
                self.waiting.retain(|&(waiting, _)| waiting != ticket);
                self.waiting.push((ticket, context.waker().clone()));
                return Poll::Pending;
            };
            match self.poll_messages(context, &mut None, |_| Step::Next) {
                Poll::Ready(Ok(_)) => drop(self.abandoned.swap_remove(at)),
                other => return other,
            }
        }
        self.poll_messages(context, refusal, &mut each)
    }

    fn poll_messages(
        &mut self,
        context: &mut Context<'_>,
        refusal: &mut Option<Box<Refusal>>,
        mut each: impl FnMut(Message<'_>) -> Step,
    ) -> Poll<Result<Progress, WireError>> {
        let mut enough = false;
        loop {
            let Some(wire) = &mut self.wire else { return Poll::Ready(Err(WireError::Closed)) };
            let (tag, length) = match wire.poll_message(context) {
                Poll::Ready(Ok(found)) => found,
                Poll::Ready(Err(error)) => {
                    self.end(&error);
                    return Poll::Ready(Err(error));
                }
                Poll::Pending if enough => return Poll::Ready(Ok(Progress::Paused)),
                Poll::Pending => return Poll::Pending,
            };
            let message = wire.message(tag, length);
            match (tag, message.body) {
                (b'Z', body) => {
                    let &[status] = body else {
                        self.end(&WireError::Alien);
                        return Poll::Ready(Err(WireError::Alien));
                    };
                    wire.is_ready(&[status]);
                    wire.pass(length);
                    self.answered += 1;
                    self.wake_next();
                    return Poll::Ready(Ok(Progress::Done));
                }
                (b'E', body) => {
                    let refused = Box::new(Refusal::read(body));
                    wire.pass(length);
                    if refused.is_fatal() {
                        let error = WireError::Refused(refused);
                        self.end(&error);
                        return Poll::Ready(Err(error));
                    }
                    refusal.get_or_insert(refused);
                }
                _ => {
                    let step = each(message);
                    wire.pass(length);
                    match step {
                        Step::Next => {}
                        Step::Enough => enough = true,
                        Step::Pause => return Poll::Ready(Ok(Progress::Paused)),
                    }
                }
            }
        }
    }

    fn wake_next(&mut self) {
        if let Some(at) = self.waiting.iter().position(|&(ticket, _)| ticket == self.answered) {
            self.waiting.swap_remove(at).1.wake();
        } else if !self.abandoned.is_empty() {
            self.wake_all();
        }
    }
}

/// Sends a request and takes a place in line for its answer.
pub(super) fn ask<T>(
    channel: &RefCell<Channel>,
    write: impl FnOnce(&mut BytesMut) -> Result<T, WireError>,
) -> Result<(Answer<'_>, T), WireError> {
    let mut inside = channel.borrow_mut();
    let wire = inside.wire.as_mut().ok_or(WireError::Closed)?;
    let written = wire.send(write)?;
    let ticket = inside.sent;
    inside.sent += 1;
    Ok((Answer { channel, ticket, refusal: None, done: false }, written))
}

/// The answer to a request. Dropped before its end, the rest of it is nobody's.
pub(super) struct Answer<'a> {
    channel: &'a RefCell<Channel>,
    ticket: u64,
    refusal: Option<Box<Refusal>>,
    done: bool,
}

impl Answer<'_> {
    /// Reads on, up to where `each` wants, or to the end: there the server's error, if there was one.
    pub(super) async fn read(&mut self, mut each: impl FnMut(Message<'_>) -> Step) -> Result<Progress, WireError> {
        poll_fn(|context| self.poll(context, &mut each)).await
    }

    /// One step of [`Self::read`].
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        each: impl FnMut(Message<'_>) -> Step,
    ) -> Poll<Result<Progress, WireError>> {
        let polled = self.channel.borrow_mut().poll_answer(context, self.ticket, &mut self.refusal, each);
        match polled {
            Poll::Ready(Ok(Progress::Done)) => {
                self.done = true;
                Poll::Ready(self.refusal.take().map_or(Ok(Progress::Done), |refusal| Err(WireError::Refused(refusal))))
            }
            Poll::Ready(Err(error)) => {
                self.done = true;
                Poll::Ready(Err(error))
            }
            other => other,
        }
    }

    /// Sends more of what this request is about, such as COPY's rows.
    pub(super) fn send(&self, write: impl FnOnce(&mut BytesMut) -> Result<(), WireError>) -> Result<(), WireError> {
        self.channel.borrow_mut().wire.as_mut().ok_or(WireError::Closed)?.send(write)
    }

    /// Waits until at most `limit` bytes of what was sent are still here.
    pub(super) fn poll_drained(&self, context: &mut Context<'_>, limit: usize) -> Poll<()> {
        match &mut self.channel.borrow_mut().wire {
            Some(wire) => wire.socket().poll_drained(context, limit),
            None => Poll::Ready(()),
        }
    }
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        if !self.done {
            let mut channel = self.channel.borrow_mut();
            channel.abandoned.push(self.ticket);
            // Whoever is next has to read its rest.
            channel.wake_all();
        }
    }
}
