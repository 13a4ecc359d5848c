//! A request's body that comes piece by piece while it is sent.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

/// Room for one piece between who makes the body and who sends it. Cloning gives another handle to it.
#[derive(Debug, Clone, Default)]
pub struct Feed(Rc<RefCell<Place>>);

#[derive(Debug, Default)]
struct Place {
    piece: Option<Bytes>,
    end: Option<End>,
    sender: Option<Waker>,
    maker: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Complete,
    BrokenOff,
}

impl Feed {
    /// Waits until the piece put last has been taken.
    pub async fn wanted(&self) {
        poll_fn(|context| {
            let mut place = self.0.borrow_mut();
            if place.piece.is_none() {
                return Poll::Ready(());
            }
            place.maker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Puts the next piece.
    pub fn put(&self, piece: Bytes) {
        self.0.borrow_mut().piece = Some(piece).filter(|piece| !piece.is_empty());
        self.wake_sender();
    }

    /// Says that there are no more pieces.
    pub fn finish(&self) {
        self.0.borrow_mut().end = Some(End::Complete);
        self.wake_sender();
    }

    /// Says that the body can't be made to its end, so that the server does not take what it has for the whole.
    pub fn break_off(&self) {
        self.0.borrow_mut().end = Some(End::BrokenOff);
        self.wake_sender();
    }

    fn wake_sender(&self) {
        let sender = self.0.borrow_mut().sender.take();
        sender.into_iter().for_each(Waker::wake);
    }

    /// The next piece to send; `None` after the last.
    pub(super) fn poll_take(&self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut place = self.0.borrow_mut();
        if let Some(piece) = place.piece.take() {
            let maker = place.maker.take();
            drop(place);
            maker.into_iter().for_each(Waker::wake);
            return Poll::Ready(Some(Ok(piece)));
        }
        match place.end {
            Some(End::Complete) => Poll::Ready(None),
            Some(End::BrokenOff) => Poll::Ready(Some(Err(io::Error::other("the body was broken off")))),
            None => {
                place.sender = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
