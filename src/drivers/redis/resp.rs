//! Reading replies: RESP2 and RESP3, <https://redis.io/docs/latest/develop/reference/protocol-spec/>.
//!
//! A reply is read in two steps. [`Extent`] finds where it ends without looking at what it says, and goes on where it
//! stopped when more has come, so that a large reply is not gone through anew with every read. [`decode`] then
//! turns the whole of it into a [`Value`].

use redis::Value;

/// Replies nested deeper than this are taken for broken: nothing in Redis comes near.
const MAX_DEPTH: usize = 100;

/// What came is not the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// How far the end of a reply has been looked for.
#[derive(Debug)]
pub(super) struct Extent {
    /// Where to look on.
    at: usize,
    /// Values that are still to come, those within others included.
    pending: u64,
}

/// What is known of a reply's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its length.
    At(usize),
    /// So many bytes are missing, or more.
    Missing(usize),
}

impl Default for Extent {
    fn default() -> Self {
        Self { at: 0, pending: 1 }
    }
}

impl Extent {
    /// Looks for the end of the reply that `input` begins with. Must be given all of it again, with more behind.
    pub(super) fn find(&mut self, input: &[u8]) -> Result<End, Malformed> {
        while self.pending > 0 {
            let rest = input.get(self.at..).unwrap_or_default();
            let Some(&kind) = rest.first() else {
                return Ok(End::Missing((self.at - input.len()) + 1));
            };
            let Some(length) = line_length(&rest[1..]) else { return Ok(End::Missing(1)) };
            let line = &rest[1..1 + length];
            self.at += 1 + length + 2;
            self.pending -= 1;
            match kind {
                b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => {}
                b'$' | b'!' | b'=' => {
                    if let Some(length) = size(line)? {
                        self.at = self.at.checked_add(length).and_then(|at| at.checked_add(2)).ok_or(Malformed)?;
                    }
                }
                b'*' | b'~' | b'>' => self.expect(size(line)?.unwrap_or(0), 1, 0)?,
                b'%' => self.expect(size(line)?.unwrap_or(0), 2, 0)?,
                // What an attribute says something of comes behind it.
                b'|' => self.expect(size(line)?.unwrap_or(0), 2, 1)?,
                _ => return Err(Malformed),
            }
        }
        match self.at.checked_sub(input.len()) {
            None | Some(0) => Ok(End::At(self.at)),
            Some(missing) => Ok(End::Missing(missing)),
        }
    }

    fn expect(&mut self, count: usize, each: u64, more: u64) -> Result<(), Malformed> {
        let values = (count as u64).checked_mul(each).and_then(|values| values.checked_add(more));
        self.pending = values.and_then(|values| self.pending.checked_add(values)).ok_or(Malformed)?;
        Ok(())
    }
}

/// The value of a whole reply, as [`Extent`] found it.
pub(super) fn decode(reply: &[u8]) -> Result<Value, Malformed> {
    let mut reader = Reader { rest: reply, depth: 0 };
    let value = reader.value()?;
    if reader.rest.is_empty() { Ok(value) } else { Err(Malformed) }
}

struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Result<Value, Malformed> {
        let whole = self.rest;
        let (&kind, rest) = whole.split_first().ok_or(Malformed)?;
        let line = &rest[..line_length(rest).ok_or(Malformed)?];
        self.rest = &rest[line.len() + 2..];
        match kind {
            b'$' => match size(line)? {
                Some(length) => Ok(Value::BulkString(self.take(length)?.to_vec())),
                None => Ok(Value::Nil),
            },
            b'+' if line == b"OK" => Ok(Value::Okay),
            b'+' => Ok(Value::SimpleString(text(line)?.to_owned())),
            b':' => Ok(Value::Int(text(line)?.parse().map_err(|_| Malformed)?)),
            b'_' => Ok(Value::Nil),
            b'*' => match size(line)? {
                Some(count) => self.many(count).map(Value::Array),
                None => Ok(Value::Nil),
            },
            b'~' => self.many(size(line)?.unwrap_or(0)).map(Value::Set),
            b'%' => self.pairs(size(line)?.unwrap_or(0)).map(Value::Map),
            b'|' => {
                let attributes = self.pairs(size(line)?.unwrap_or(0))?;
                Ok(Value::Attribute { data: Box::new(self.deeper(Self::value)?), attributes })
            }
            // What is rarer is left to the library.
            _ => {
                let mut extent = Extent::default();
                let End::At(end) = extent.find(whole)? else { return Err(Malformed) };
                self.rest = &whole[end..];
                redis::parse_redis_value(&whole[..end]).map_err(|_| Malformed)
            }
        }
    }

    fn many(&mut self, count: usize) -> Result<Vec<Value>, Malformed> {
        self.deeper(|reader| (0..count).map(|_| reader.value()).collect())
    }

    fn pairs(&mut self, count: usize) -> Result<Vec<(Value, Value)>, Malformed> {
        self.deeper(|reader| (0..count).map(|_| Ok((reader.value()?, reader.value()?))).collect())
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Malformed>) -> Result<T, Malformed> {
        if self.depth == MAX_DEPTH {
            return Err(Malformed);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest.get(2..).ok_or(Malformed)?;
        Ok(bytes)
    }
}

/// How many bytes stand before the end of the line; `None` if that has not come.
fn line_length(rest: &[u8]) -> Option<usize> {
    let length = rest.iter().position(|&byte| byte == b'\r')?;
    (rest.len() > length + 1).then_some(length)
}

/// A length or count; `None` for -1, which is nil.
fn size(line: &[u8]) -> Result<Option<usize>, Malformed> {
    if line == b"-1" {
        return Ok(None);
    }
    if line.is_empty() {
        return Err(Malformed);
    }
    let digit = |size: usize, &byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| usize::from(byte - b'0'))?;
        size.checked_mul(10)?.checked_add(digit)
    };
    line.iter().try_fold(0, digit).map(Some).ok_or(Malformed)
}

fn text(line: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(line).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Replies of every type, written out.
    fn reply() -> impl Strategy<Value = Vec<u8>> {
        let bulk =
            |kind: char, bytes: Vec<u8>| [format!("{kind}{}\r\n", bytes.len()).as_bytes(), &bytes, b"\r\n"].concat();
        let leaf = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..30).prop_map(move |bytes| bulk('$', bytes)),
            "[a-z]{3}:[a-z ]{0,9}".prop_map(move |text| bulk('=', text.into_bytes())),
            "[A-Z]{1,9} [a-z ]{0,9}".prop_map(move |text| bulk('!', text.into_bytes())),
            "[+-][A-Z]{1,5} [a-z ]{0,9}\r\n".prop_map(String::into_bytes),
            any::<i64>().prop_map(|number| format!(":{number}\r\n").into_bytes()),
            any::<i32>().prop_map(|number| format!(",{number}.5\r\n").into_bytes()),
            "[(]-?[1-9][0-9]{20,40}\r\n".prop_map(String::into_bytes),
            prop::sample::select(vec!["_\r\n", "#t\r\n", "#f\r\n", "$-1\r\n", "*-1\r\n", "+OK\r\n", "*0\r\n"])
                .prop_map(|text| text.as_bytes().to_vec()),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let many = |kinds: &'static [char], inner: BoxedStrategy<Vec<u8>>| {
                (prop::sample::select(kinds), prop::collection::vec(inner, 0..6)).prop_map(|(kind, items)| {
                    [format!("{kind}{}\r\n", items.len()).into_bytes(), items.concat()].concat()
                })
            };
            let pairs = (
                prop::sample::select(&['%', '|'][..]),
                prop::collection::vec((inner.clone(), inner.clone()), 0..4),
                inner.clone(),
            )
                .prop_map(|(kind, pairs, data)| {
                    let body: Vec<u8> =
                        pairs.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).flatten().collect();
                    let data = if kind == '|' { data } else { Vec::new() };
                    [format!("{kind}{}\r\n", pairs.len()).into_bytes(), body, data].concat()
                });
            prop_oneof![many(&['*', '~'], inner.boxed()), pairs]
        })
    }

    proptest! {
        #[test]
        fn a_reply_is_read_as_the_library_reads_it_however_it_arrives(reply in reply(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
            let expected = redis::parse_redis_value(&reply).unwrap();
            let mut arrived: Vec<usize> = cuts.iter().map(|cut| cut.index(reply.len())).collect();
            arrived.sort_unstable();
            let mut extent = Extent::default();
            for count in arrived {
                let found = extent.find(&reply[..count]);
                prop_assert!(matches!(found, Ok(End::Missing(missing)) if missing > 0 && count + missing <= reply.len()), "{found:?}");
            }
            let and_more = [&reply[..], b"+NEXT\r\n"].concat();
            prop_assert_eq!(extent.find(&and_more), Ok(End::At(reply.len())));
            prop_assert_eq!(decode(&reply), Ok(expected));
        }

        #[test]
        fn no_input_makes_the_reader_panic(input in prop::collection::vec(prop::sample::select(&b"$*+-:%~|_#,(!=>0123456789\r\na"[..]), 0..60)) {
            if let Ok(End::At(end)) = Extent::default().find(&input) {
                let _ = decode(&input[..end]);
            }
            let _ = decode(&input);
        }
    }

    #[test]
    fn what_is_not_the_protocol_is_refused() {
        for input in ["HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "*-2\r\n", "$\r\n", "%18446744073709551615\r\n"] {
            assert_eq!(Extent::default().find(input.as_bytes()), Err(Malformed), "{input}");
        }
        let deep = format!("{}:1\r\n", "*1\r\n".repeat(1000));
        assert_eq!(decode(deep.as_bytes()), Err(Malformed));
    }
}
