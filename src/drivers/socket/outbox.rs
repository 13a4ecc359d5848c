//! What a socket has still to send.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use bytes::{Buf, BytesMut};

use super::stream::Writing;
use super::turn;

/// An outbox this full is emptied at once: so large a write gains nothing from waiting for others.
const DEFERRED_AT_MOST: usize = 16 * 1024;

/// An emptied buffer larger than this is given back: a connection that once copied data in has no more use for it.
const KEPT_CAPACITY: usize = 256 * 1024;

/// A socket's writing half with the bytes that it has not taken yet, in order.
///
/// Shared with the turn that it waits in, hence the lock, which is never contended: all of it happens on one thread.
#[derive(Clone)]
pub(super) struct Outbox(Arc<Mutex<Content>>);

/// When the first of what is sent leaves: what waits here for the turn's end is not yet the other side's to answer.
#[derive(Clone)]
pub struct Departure(Outbox);

impl Departure {
    /// When something left first since this was last asked, if anything has.
    pub fn take(&self) -> Option<Instant> {
        self.0.content().departed.take()
    }
}

struct Content {
    writing: Writing,
    /// When the first of what was sent left, until somebody has asked for that.
    departed: Option<Instant>,
    bytes: BytesMut,
    /// Whether a turn has it in its list, and so sees to it that it is emptied.
    in_turn: bool,
    /// What broke the writing half.
    broken: Option<io::Error>,
    /// Waits, with its limit, for the outbox to become emptier.
    waiting: Option<(usize, Waker)>,
}

impl Outbox {
    pub(super) fn new(writing: Writing) -> Self {
        let (bytes, departed) = (BytesMut::new(), None);
        let content = Content { writing, departed, bytes, in_turn: false, broken: None, waiting: None };
        Self(Arc::new(Mutex::new(content)))
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when what is sent leaves.
    pub(super) fn departure(&self) -> Departure {
        Departure(self.clone())
    }

    /// Sends what `write` appends: at the end of the thread's turn, or at once if there is none. What an error
    /// left half written is taken back.
    pub(super) fn send<E>(&self, write: impl FnOnce(&mut BytesMut) -> Result<(), E>) -> Result<(), E> {
        let mut content = self.content();
        let before = content.bytes.len();
        if let Err(error) = write(&mut content.bytes) {
            content.bytes.truncate(before);
            return Err(error);
        }
        let is_first = !content.in_turn;
        if content.bytes.len() <= DEFERRED_AT_MOST && turn::is_underway() {
            content.in_turn = true;
            drop(content);
            if is_first {
                turn::enter(self);
            }
        } else {
            content.write();
            // What the system did not take is a turn's to see to, if there is one.
            if is_first && !content.bytes.is_empty() && turn::is_underway() {
                content.in_turn = true;
                drop(content);
                turn::enter(self);
            }
        }
        Ok(())
    }

    /// Writes without waiting; what is left, the turn's end sees to.
    pub(super) fn flush(&self) {
        self.content().write();
    }

    /// Writes, with the turn's task woken once more can be written; how much was left to do.
    pub(super) fn flush_in_turn(&self, context: &mut Context<'_>) -> Flushed {
        let mut content = self.content();
        let had_some = !content.bytes.is_empty();
        let done = content.write() || content.poll(context).is_ready();
        content.in_turn = !done;
        Flushed { had_some, done }
    }

    /// Its turn has ended, so whoever waits for the answer sees to the rest.
    pub(super) fn leave_turn(&self) {
        let mut content = self.content();
        content.in_turn = false;
        if let Some((_, waker)) = content.waiting.take() {
            waker.wake();
        }
    }

    /// Waits until at most `limit` bytes are left.
    pub(super) fn poll_drained(&self, context: &mut Context<'_>, limit: usize) -> Poll<()> {
        let mut content = self.content();
        if content.bytes.len() > limit && !content.in_turn {
            let _ = content.poll(context);
        }
        if content.bytes.len() <= limit {
            return Poll::Ready(());
        }
        content.waiting = Some((limit, context.waker().clone()));
        Poll::Pending
    }

    /// Sees to what could not be written at once and is in no turn, on behalf of whoever waits for the answer.
    pub(super) fn push_on(&self, context: &mut Context<'_>) {
        let mut content = self.content();
        if !content.bytes.is_empty() && !content.in_turn {
            let _ = content.poll(context);
        }
    }

    /// Forgets what was not sent.
    pub(super) fn clear(&self) {
        self.content().bytes.clear();
    }

    /// What broke the writing half, if something has.
    pub(super) fn take_error(&self) -> Option<io::Error> {
        self.content().broken.take()
    }
}

/// What the end of a turn found in an outbox.
pub(super) struct Flushed {
    /// Whether there was something to send.
    pub had_some: bool,
    /// Whether all of it left, so that the turn can forget it.
    pub done: bool,
}

impl Content {
    fn write(&mut self) -> bool {
        self.departs();
        while !self.bytes.is_empty() {
            match self.writing.try_write(&self.bytes) {
                Ok(written) => self.written(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.break_off(error),
            }
        }
        true
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while !self.bytes.is_empty() {
            match self.writing.poll(context, &self.bytes) {
                Poll::Ready(Ok(written)) => self.written(written),
                Poll::Ready(Err(error)) => self.break_off(error),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }

    fn departs(&mut self) {
        if self.departed.is_none() && !self.bytes.is_empty() {
            self.departed = Some(Instant::now());
        }
    }

    fn written(&mut self, count: usize) {
        if count == self.bytes.len() {
            if self.bytes.capacity() > KEPT_CAPACITY { self.bytes = BytesMut::new() } else { self.bytes.clear() }
        } else {
            self.bytes.advance(count);
        }
        if let Some((_, waker)) = self.waiting.take_if(|(limit, _)| self.bytes.len() <= *limit) {
            waker.wake();
        }
    }

    /// The error is told by the reading half, which may have the other side's reason to tell instead.
    fn break_off(&mut self, error: io::Error) {
        self.broken.get_or_insert(error);
        self.bytes.clear();
        self.writing.shut_down();
        if let Some((_, waker)) = self.waiting.take() {
            waker.wake();
        }
    }
}
