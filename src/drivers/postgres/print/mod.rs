//! Writes binary values as PostgreSQL prints them, with `DateStyle` ISO,
//! `IntervalStyle` postgres and `TimeZone` UTC; one file a family of types.

mod array;
mod datetime;
mod float;
mod geometric;
mod interval;
mod network;
mod numeric;
mod range;
mod record;
mod small;
mod textsearch;

use std::fmt::Write;

pub(super) use array::quote_element_from;
pub(super) use float::print_f64;
pub(super) use small::print_bytea;

use super::codec::Codec;
use super::reader::{Malformed, Reader};

/// Appends the text of a value.
pub(super) fn print(codec: &Codec, raw: &[u8], out: &mut String) -> Result<(), Malformed> {
    let mut reader = Reader::new(raw);
    let reader = &mut reader;
    match codec {
        Codec::Bool => out.push(if reader.u8()? == 0 { 'f' } else { 't' }),
        Codec::Int2 => write!(out, "{}", reader.i16()?)?,
        Codec::Int4 => write!(out, "{}", reader.i32()?)?,
        Codec::Int8 => write!(out, "{}", reader.i64()?)?,
        Codec::Oid => write!(out, "{}", reader.u32()?)?,
        Codec::Xid8 => write!(out, "{}", reader.u64()?)?,
        Codec::Float4 => float::print_f32(reader.f32()?, out)?,
        Codec::Float8 => float::print_f64(reader.f64()?, out)?,
        Codec::Numeric => numeric::print(reader, out)?,
        Codec::Money => small::print_money(reader.i64()?, out)?,
        Codec::Text | Codec::Json => out.push_str(std::str::from_utf8(raw)?),
        Codec::Char => out.push_str(std::str::from_utf8(raw.strip_suffix(&[0]).unwrap_or(raw))?),
        Codec::VersionedText | Codec::Jsonb => out.push_str(std::str::from_utf8(reader.versioned()?)?),
        Codec::Bytea => small::print_bytea(raw, out)?,
        Codec::Uuid => small::print_uuid(raw, out)?,
        Codec::Date => datetime::print_date(reader.i32()?, out)?,
        Codec::Time => datetime::print_time(reader.i64()?, out)?,
        Codec::TimeTz => datetime::print_timetz(reader, out)?,
        Codec::Timestamp => datetime::print_timestamp(reader.i64()?, "", out)?,
        Codec::TimestampTz => datetime::print_timestamp(reader.i64()?, "+00", out)?,
        Codec::Interval => interval::print(reader, out)?,
        Codec::Network => network::print_address(reader, out)?,
        Codec::Mac => network::print_mac(raw, out)?,
        Codec::Bits => small::print_bits(reader, out)?,
        Codec::Point => geometric::print_point(reader, out)?,
        Codec::Line => geometric::print_line(reader, out)?,
        Codec::Segment => geometric::print_segment(reader, out)?,
        Codec::Box => geometric::print_box(reader, out)?,
        Codec::Path => geometric::print_path(reader, out)?,
        Codec::Polygon => geometric::print_polygon(reader, out)?,
        Codec::Circle => geometric::print_circle(reader, out)?,
        Codec::TsVector => textsearch::print_vector(reader, out)?,
        Codec::TsQuery => textsearch::print_query(reader, out)?,
        Codec::Lsn => small::print_lsn(reader.u64()?, out)?,
        Codec::Tid => write!(out, "({},{})", reader.u32()?, reader.u16()?)?,
        Codec::Snapshot => small::print_snapshot(reader, out)?,
        Codec::HStore => small::print_hstore(reader, out)?,
        Codec::Void => {}
        Codec::Array { element, delimiter, vector } => array::print(element, *delimiter, *vector, reader, out)?,
        Codec::Range(element) => range::print(element, reader, out)?,
        Codec::Multirange(range) => range::print_multirange(range, reader, out)?,
        Codec::Record(fields) => record::print(fields.as_deref(), reader, out)?,
        Codec::Unknown => return Err(Malformed),
    }
    Ok(())
}

/// Appends `text` in double quotes, with `escape` before each quote and backslash, doubled if `escape` is `None`.
fn push_quoted(text: &str, escape: Option<char>, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push(escape.unwrap_or(character));
        }
        out.push(character);
    }
    out.push('"');
}

/// What PostgreSQL takes for white space in the text of arrays, ranges and records.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}
