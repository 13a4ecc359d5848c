//! Messages that came while something else was waited for.

use std::collections::VecDeque;

use super::Received;

/// Messages in the order of their coming, and no more than memory is meant to hold.
pub(super) struct Early {
    messages: VecDeque<Received>,
    bytes: usize,
    most_bytes: usize,
}

impl Early {
    /// None as yet; there is room for so many bytes.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { messages: VecDeque::new(), bytes: 0, most_bytes }
    }

    /// Keeps a message; whether there was room for it. One that is too much is kept all the same, so that none is lost.
    pub(super) fn keep(&mut self, message: Received) -> bool {
        self.bytes += size(&message);
        self.messages.push_back(message);
        self.bytes <= self.most_bytes
    }

    /// The first of them.
    pub(super) fn take(&mut self) -> Option<Received> {
        let message = self.messages.pop_front()?;
        self.bytes -= size(&message);
        Some(message)
    }

    /// How many there are, and their bytes.
    pub(super) fn held(&self) -> (usize, usize) {
        (self.messages.len(), self.bytes)
    }
}

/// What it takes to keep a message; even an empty one takes something.
fn size(message: &Received) -> usize {
    let bytes = match message {
        Received::Text(text) => text.len(),
        Received::Binary(bytes) => bytes.len(),
    };
    bytes + size_of::<Received>()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn more_than_there_is_room_for_is_told_and_nothing_is_lost() {
        let mut early = Early::new(1000);
        let message = || Received::Text("x".repeat(400));
        assert!(
            early.keep(message()) && early.keep(Received::Binary(Bytes::from_static(b"y"))) && early.keep(message())
        );
        assert!(!early.keep(message()));
        assert_eq!(early.held().0, 4);
        assert_eq!(std::iter::from_fn(|| early.take()).count(), 4);
        assert_eq!(early.held(), (0, 0));
    }
}
