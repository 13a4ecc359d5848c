//! The rows of a result: one buffer for all of them, decoded where they are read.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::codec::Codec;
use super::columns::Columns;
use super::reader::{Malformed, Reader};
use super::value::{Value, borrow, decode};
use crate::drivers::Failure;

/// What a statement returned.
#[derive(Debug)]
pub struct Rows {
    pub(super) label: Arc<str>,
    pub(super) columns: Arc<Columns>,
    pub(super) store: Store,
    pub(super) affected: u64,
    pub(super) bytes: u64,
}

/// Rows as the protocol brought them.
#[derive(Debug, Default)]
pub(super) struct Store {
    buffers: Buffers,
    /// Whether values are strings, as the simple protocol brings them, and not binary.
    pub text: bool,
    /// Which value was read last. The next is behind it if values are read in order.
    last: Cell<Place>,
}

/// A value's row and column, and where it begins.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    row: usize,
    column: usize,
    at: usize,
}

/// The bodies of the rows one after the other, and where each begins.
#[derive(Debug, Default)]
struct Buffers {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

/// Buffers that are kept for the next result.
const SPARE: usize = 64;

/// Larger ones than this are given back.
const SPARE_BYTES: usize = 64 * 1024;

thread_local! {
    static SPARES: RefCell<Vec<Buffers>> = const { RefCell::new(Vec::new()) };
}

impl Store {
    /// No rows yet; `text` says how values will come.
    pub(super) fn new(text: bool) -> Self {
        Self { buffers: Buffers::default(), text, last: Cell::default() }
    }

    /// Appends the body of a row.
    pub(super) fn push(&mut self, body: &[u8]) {
        if self.buffers.bytes.capacity() == 0 {
            self.buffers = SPARES.with_borrow_mut(Vec::pop).unwrap_or_default();
        }
        self.buffers.starts.push(self.buffers.bytes.len());
        self.buffers.bytes.extend_from_slice(body);
    }

    pub(super) fn clear(&mut self) {
        self.buffers.bytes.clear();
        self.buffers.starts.clear();
    }

    fn len(&self) -> usize {
        self.buffers.starts.len()
    }

    /// The bytes of a value; `None` for NULL.
    fn value(&self, row: usize, column: usize) -> Result<Option<&[u8]>, Malformed> {
        let last = self.last.get();
        let bytes = &self.buffers.bytes[..];
        let (mut reader, mut skipped) = if last.row == row && last.column <= column && last.at > 0 {
            (Reader::new(bytes.get(last.at..).ok_or(Malformed)?), last.column)
        } else {
            let start = *self.buffers.starts.get(row).ok_or(Malformed)?;
            let mut reader = Reader::new(bytes.get(start..).ok_or(Malformed)?);
            if column >= usize::from(reader.u16()?) {
                return Err(Malformed);
            }
            (reader, 0)
        };
        while skipped < column {
            reader.field()?;
            skipped += 1;
        }
        self.last.set(Place { row, column, at: bytes.len() - reader.rest().len() });
        reader.field()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let capacity = self.buffers.bytes.capacity();
        if capacity == 0 || capacity > SPARE_BYTES {
            return;
        }
        self.clear();
        let spare = std::mem::take(&mut self.buffers);
        // On a thread that ends there is no next result.
        let _ = SPARES.try_with(|spares| {
            let mut spares = spares.borrow_mut();
            if spares.len() < SPARE {
                spares.push(spare);
            }
        });
    }
}

impl Rows {
    /// Its columns.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows returned or, for a statement that returns none, changed.
    pub fn affected(&self) -> u64 {
        self.affected
    }

    /// Bytes of parameters sent and of rows received.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The value in a row and a column, quickest in order. `scratch` holds what has to be written out.
    pub fn value<'a>(&'a self, row: usize, column: usize, scratch: &'a mut String) -> Result<Value<'a>, Failure> {
        self.read(row, column, |codec, raw| decode(codec, raw, scratch))
    }

    /// The same where the value lies in its row as it is; `None` where it has to be written out.
    pub fn borrowed(&self, row: usize, column: usize) -> Result<Option<Value<'_>>, Failure> {
        self.read(row, column, borrow)
    }

    fn read<'a, T: From<Value<'a>>>(
        &'a self,
        row: usize,
        column: usize,
        decode: impl FnOnce(&'a Codec, &'a [u8]) -> Result<T, Malformed>,
    ) -> Result<T, Failure> {
        let Some(described) = self.columns.get(column) else { return Err(self.misread(column)) };
        match self.store.value(row, column) {
            Ok(Some(raw)) if self.store.text => Ok(Value::Text(raw).into()),
            Ok(Some(raw)) => decode(described.codec(), raw).map_err(|_| self.misread(column)),
            Ok(None) => Ok(Value::Null.into()),
            Err(Malformed) => Err(self.misread(column)),
        }
    }

    /// The failure of reading a value of a column.
    pub fn misread(&self, column: usize) -> Failure {
        let Some(described) = self.columns.get(column) else {
            return Failure::Misuse {
                message: format!("statement `{}` has no column {}", self.label, column + 1),
                hint: None,
            };
        };
        let (name, type_) = (described.name(), described.type_().name());
        Failure::Misuse {
            message: format!("column `{name}` of statement `{}` is `{type_}`, which cannot be read", self.label),
            hint: Some(format!("cast it to text: `{name}::text`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(values: &[Option<Vec<u8>>]) -> Vec<u8> {
        let mut body = (values.len() as u16).to_be_bytes().to_vec();
        for value in values {
            let length = value.as_ref().map_or(-1, |value| value.len() as i32);
            body.extend_from_slice(&length.to_be_bytes());
            body.extend_from_slice(value.as_deref().unwrap_or_default());
        }
        body
    }

    proptest! {
        #[test]
        fn values_are_found_in_whatever_order_they_are_read(
            rows in prop::collection::vec(
                prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..5)), 4),
                1..6,
            ),
            order in prop::collection::vec((0usize..7, 0usize..6), 0..40),
        ) {
            let mut store = Store::default();
            rows.iter().for_each(|row| store.push(&body(row)));
            for (row, column) in order {
                match rows.get(row).and_then(|row| row.get(column)) {
                    Some(value) => prop_assert_eq!(store.value(row, column), Ok(value.as_deref())),
                    None => prop_assert_eq!(store.value(row, column), Err(Malformed)),
                }
            }
        }
    }

    #[test]
    fn buffers_are_used_again_and_empty() {
        let mut store = Store::default();
        store.push(&body(&[Some(vec![1])]));
        drop(store);
        let mut store = Store::default();
        store.push(&body(&[Some(vec![2])]));
        assert_eq!((store.len(), store.value(0, 0)), (1, Ok(Some(&[2][..]))));
    }
}
