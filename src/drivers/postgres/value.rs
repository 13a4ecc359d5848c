//! Values as they come from the server, borrowed from the row wherever they can be.

use super::codec::Codec;
use super::print;
use super::reader::{Malformed, Reader};

/// One value of a row or of an array.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL, and the nothing that `void` functions return.
    Null,
    /// `bool`.
    Bool(bool),
    /// `int2`, `int4`, `int8`, and the numbers of objects and transactions: `oid`, `xid`, `xid8`, `cid`, `regclass` ….
    Int(i64),
    /// `float4` and `float8`, with NaN and infinities.
    Float(f64),
    /// `numeric`, in exact decimal notation with its scale kept; also `NaN`, `Infinity`, `-Infinity`.
    Numeric(&'a str),
    /// Text, and every type without a kind of its own, as PostgreSQL prints it with
    /// `DateStyle` ISO, `IntervalStyle` postgres and `TimeZone` UTC. `money` is a decimal with two
    /// places, because its symbols are a matter of the server's locale.
    Text(&'a [u8]),
    /// `bytea`.
    Bytes(&'a [u8]),
    /// `json` and `jsonb`, as their text.
    Json(&'a [u8]),
    /// An array.
    List(List<'a>),
}

/// An array or, within a larger one, one of its rows. Lower bounds are not kept: the first element is the first.
#[derive(Debug, Clone, PartialEq)]
pub struct List<'a> {
    lengths: &'a [u8],
    element: &'a Codec,
    elements: Reader<'a>,
    taken: usize,
}

/// Bytes of one dimension in an array's header: its length and its lower bound.
const DIMENSION_BYTES: usize = 8;

/// Reads one value. What has no form of its own is written into `scratch`, which is cleared first.
pub(super) fn decode<'a>(codec: &'a Codec, raw: &'a [u8], scratch: &'a mut String) -> Result<Value<'a>, Malformed> {
    if let Some(value) = borrow(codec, raw)? {
        return Ok(value);
    }
    scratch.clear();
    print::print(codec, raw, scratch)?;
    Ok(if *codec == Codec::Numeric { Value::Numeric(scratch) } else { Value::Text(scratch.as_bytes()) })
}

/// Reads one value that lies in `raw` as it is; `None` for one that has to be written out.
pub(super) fn borrow<'a>(codec: &'a Codec, raw: &'a [u8]) -> Result<Option<Value<'a>>, Malformed> {
    let mut reader = Reader::new(raw);
    Ok(Some(match codec {
        Codec::Bool => Value::Bool(reader.u8()? != 0),
        Codec::Int2 => Value::Int(reader.i16()?.into()),
        Codec::Int4 => Value::Int(reader.i32()?.into()),
        Codec::Int8 => Value::Int(reader.i64()?),
        Codec::Oid => Value::Int(reader.u32()?.into()),
        Codec::Float4 => Value::Float(reader.f32()?.into()),
        Codec::Float8 => Value::Float(reader.f64()?),
        Codec::Text => Value::Text(raw),
        Codec::Char => Value::Text(raw.strip_suffix(&[0]).unwrap_or(raw)),
        Codec::Bytea => Value::Bytes(raw),
        Codec::Json => Value::Json(raw),
        Codec::Jsonb => Value::Json(reader.versioned()?),
        Codec::VersionedText => Value::Text(reader.versioned()?),
        Codec::Void => Value::Null,
        Codec::Array { element, .. } => Value::List(List::read(element, reader)?),
        // Past the signed range an integer would change its sign, so it becomes a text.
        Codec::Xid8 => match i64::try_from(reader.u64()?) {
            Ok(number) => Value::Int(number),
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

impl<'a> List<'a> {
    fn read(element: &'a Codec, mut reader: Reader<'a>) -> Result<Self, Malformed> {
        let dimensions = usize::try_from(reader.i32()?).map_err(|_| Malformed)?;
        let _has_nulls = reader.i32()?;
        let _element_type = reader.u32()?;
        let lengths = reader.take(dimensions * DIMENSION_BYTES)?;
        Ok(Self { lengths, element, elements: reader, taken: 0 })
    }

    /// How many elements, or rows of the outermost dimension, it has.
    pub fn len(&self) -> usize {
        match Reader::new(self.lengths).i32() {
            Ok(length) => usize::try_from(length).unwrap_or(0),
            Err(_) => 0,
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the next element; rows of an inner dimension come as lists. `None` past the end.
    pub fn next<'s>(&mut self, scratch: &'s mut String) -> Result<Option<Value<'s>>, Malformed>
    where
        'a: 's,
    {
        if self.taken == self.len() {
            return Ok(None);
        }
        self.taken += 1;
        let inner = self.lengths.get(DIMENSION_BYTES..).unwrap_or_default();
        if inner.is_empty() {
            return Ok(Some(match self.elements.field()? {
                Some(raw) => decode(self.element, raw, scratch)?,
                None => Value::Null,
            }));
        }
        let row = List { lengths: inner, element: self.element, elements: self.elements.clone(), taken: 0 };
        for _ in 0..row.count()? {
            self.elements.field()?;
        }
        Ok(Some(Value::List(row)))
    }

    /// The number of elements over all its dimensions.
    fn count(&self) -> Result<usize, Malformed> {
        let mut lengths = Reader::new(self.lengths);
        let mut count = 1usize;
        while !lengths.is_empty() {
            let length = usize::try_from(lengths.i32()?).map_err(|_| Malformed)?;
            let _lower_bound = lengths.i32()?;
            count = count.checked_mul(length).ok_or(Malformed)?;
        }
        Ok(count)
    }
}
