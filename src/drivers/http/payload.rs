//! A request's body: bytes, bytes made up on the way, or pieces that come while it is sent.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Feed;

/// How much is made up at a time. Longer than what compression looks back over, so that it can't be compressed.
const NOISE: usize = 64 * 1024;

/// What a request brings. Cloned, it can be sent again, unless it is fed.
#[derive(Debug, Clone, Default)]
pub struct Payload {
    parts: VecDeque<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Bytes(Bytes),
    /// So many bytes still to be made up.
    Noise(u64),
    Fed(Feed),
}

impl Payload {
    /// Adds bytes.
    pub fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if !bytes.is_empty() {
            self.parts.push_back(Part::Bytes(bytes));
        }
    }

    /// Adds `count` bytes without meaning, the same each time, which take no memory.
    pub fn push_noise(&mut self, count: u64) {
        if count > 0 {
            self.parts.push_back(Part::Noise(count));
        }
    }

    /// A body of pieces yet to come, whose length nobody knows.
    pub fn fed(feed: Feed) -> Self {
        Self { parts: VecDeque::from([Part::Fed(feed)]) }
    }

    /// Whether it can be sent more than once.
    pub fn is_repeatable(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part, Part::Fed(_)))
    }

    /// Its length in bytes, if that is known.
    pub fn length(&self) -> Option<u64> {
        self.parts.iter().try_fold(0, |sum, part| match part {
            Part::Bytes(bytes) => Some(sum + bytes.len() as u64),
            Part::Noise(count) => Some(sum + count),
            Part::Fed(_) => None,
        })
    }
}

impl<T: Into<Bytes>> From<T> for Payload {
    fn from(bytes: T) -> Self {
        let mut payload = Self::default();
        payload.push(bytes);
        payload
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let piece = match self.parts.front_mut() {
            None => return Poll::Ready(None),
            Some(Part::Fed(feed)) => {
                return feed.poll_take(context).map(|next| next.map(|piece| piece.map(Frame::data)));
            }
            Some(Part::Noise(left)) if *left > NOISE as u64 => {
                *left -= NOISE as u64;
                return Poll::Ready(Some(Ok(Frame::data(noise()))));
            }
            Some(Part::Noise(left)) => noise().slice(..*left as usize),
            Some(Part::Bytes(bytes)) => std::mem::take(bytes),
        };
        self.parts.pop_front();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Bytes without meaning, made once a thread.
fn noise() -> Bytes {
    thread_local! {
        static BLOCK: Bytes = {
            let mut block = vec![0; NOISE];
            Xoshiro256PlusPlus::seed_from_u64(0).fill_bytes(&mut block);
            block.into()
        };
    }
    BLOCK.with(Bytes::clone)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    fn collected(mut payload: Payload) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut all = Vec::new();
            while let Some(frame) = poll_fn(|context| Pin::new(&mut payload).poll_frame(context)).await {
                all.extend_from_slice(&frame.unwrap().into_data().unwrap());
            }
            all
        })
    }

    #[test]
    fn the_length_that_is_announced_is_the_length_that_comes() {
        let mut payload = Payload::from("head");
        payload.push_noise(2 * NOISE as u64 + 7);
        payload.push("");
        payload.push("tail");
        assert_eq!(payload.length(), Some(2 * NOISE as u64 + 15));
        let bytes = collected(payload.clone());
        assert_eq!(bytes.len() as u64, payload.length().unwrap());
        assert!(bytes.starts_with(b"head") && bytes.ends_with(b"tail"));
        assert_eq!(collected(payload), bytes);
        assert!(Payload::default().is_end_stream());
    }

    #[test]
    fn a_fed_body_comes_piece_by_piece_and_only_once() {
        let feed = Feed::default();
        let payload = Payload::fed(feed.clone());
        assert!(!payload.is_repeatable() && payload.length().is_none());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let made = async {
            for piece in ["a", "b", "c"] {
                feed.wanted().await;
                feed.put(Bytes::from(piece));
            }
            feed.finish();
        };
        let mut sent = Vec::new();
        let mut payload = payload;
        let taken = async {
            while let Some(frame) = poll_fn(|context| Pin::new(&mut payload).poll_frame(context)).await {
                sent.extend_from_slice(&frame.unwrap().into_data().unwrap());
            }
        };
        runtime.block_on(async { tokio::join!(made, taken) });
        assert_eq!(sent, b"abc");
    }
}
