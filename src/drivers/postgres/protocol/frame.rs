//! Cuts messages out of bytes: a letter, a length that counts itself, a body.

/// The letter and the length.
pub(super) const HEADER: usize = 5;

/// The longest message that a server can mean: PostgreSQL makes none of 1 GB or more (`MaxAllocSize`). What claims to
/// be longer is another protocol's text.
const LONGEST: usize = 1 << 30;

/// A message from the server.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Message<'a> {
    /// Which kind it is.
    pub tag: u8,
    /// What follows the length.
    pub body: &'a [u8],
}

/// What stands at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A whole message of this kind and so many bytes, its header included.
    Whole { tag: u8, length: usize },
    /// A part of one, of which at least so many bytes are missing.
    Part { missing: usize },
    /// Nothing that the protocol knows.
    Alien,
}

impl Frame {
    /// What stands at the beginning of `input`.
    pub(super) fn of(input: &[u8]) -> Self {
        let Some((&[tag, a, b, c, d], _)) = input.split_first_chunk::<HEADER>() else {
            return Self::Part { missing: HEADER - input.len() };
        };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if !(4..LONGEST).contains(&length) {
            return Self::Alien;
        }
        let length = length + 1;
        if input.len() < length { Self::Part { missing: length - input.len() } } else { Self::Whole { tag, length } }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes_of(messages: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (tag, body) in messages {
            bytes.push(*tag);
            bytes.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
            bytes.extend_from_slice(body);
        }
        bytes
    }

    proptest! {
        #[test]
        fn messages_are_the_same_wherever_their_bytes_are_cut(
            messages in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..20),
            cuts in prop::collection::vec(1usize..30, 1..200),
        ) {
            let bytes = bytes_of(&messages);
            let mut cuts = cuts.iter().cycle();
            let (mut come, mut used, mut found) = (0, 0, Vec::new());
            loop {
                match Frame::of(&bytes[used..come]) {
                    Frame::Whole { tag, length } => {
                        found.push((tag, bytes[used + HEADER..used + length].to_vec()));
                        used += length;
                    }
                    Frame::Part { missing } => {
                        prop_assert!(missing > 0);
                        if come == bytes.len() {
                            break;
                        }
                        come = bytes.len().min(come + cuts.next().unwrap_or(&1));
                    }
                    Frame::Alien => prop_assert!(false, "every length is possible"),
                }
            }
            prop_assert_eq!(used, bytes.len());
            prop_assert_eq!(found, messages);
        }

        #[test]
        fn nothing_that_comes_makes_it_panic_or_reach_past_the_end(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Frame::Whole { length, .. } = Frame::of(&bytes) {
                prop_assert!((HEADER..=bytes.len()).contains(&length));
            }
        }
    }

    #[test]
    fn another_protocols_text_is_no_message() {
        assert_eq!(Frame::of(b"HTTP/1.1 400 Bad Request"), Frame::Alien);
        assert_eq!(Frame::of(b"Z\0\0\0\x03"), Frame::Alien);
    }
}
