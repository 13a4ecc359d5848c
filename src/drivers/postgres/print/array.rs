//! Arrays: `{1,NULL,"a b"}`, nested braces for inner dimensions, `[0:1]={…}` for unusual bounds.

use std::fmt::Write;

use super::super::codec::Codec;
use super::super::reader::{Malformed, Reader};
use super::{is_space, push_quoted};

/// The lower bound that is not printed.
const USUAL_BOUND: i32 = 1;

pub(super) fn print(
    element: &Codec,
    delimiter: char,
    vector: bool,
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), Malformed> {
    let count = reader.count()?;
    let _has_nulls = reader.i32()?;
    let _element_type = reader.u32()?;
    let mut dimensions = Vec::with_capacity(count.min(8));
    for _ in 0..count {
        dimensions.push((reader.count()?, reader.i32()?));
    }
    if vector {
        return print_vector(element, dimensions.first().map_or(0, |&(length, _)| length), reader, out);
    }
    if dimensions.is_empty() {
        out.push_str("{}");
        return Ok(());
    }
    if dimensions.iter().any(|&(_, lower)| lower != USUAL_BOUND) {
        for &(length, lower) in &dimensions {
            write!(out, "[{lower}:{}]", i64::from(lower) + length as i64 - 1)?;
        }
        out.push('=');
    }
    print_dimension(element, delimiter, &dimensions, reader, out)
}

fn print_dimension(
    element: &Codec,
    delimiter: char,
    dimensions: &[(usize, i32)],
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), Malformed> {
    let Some((&(length, _), inner)) = dimensions.split_first() else { return Err(Malformed) };
    out.push('{');
    for index in 0..length {
        if index > 0 {
            out.push(delimiter);
        }
        if inner.is_empty() {
            print_element(element, delimiter, reader, out)?;
        } else {
            print_dimension(element, delimiter, inner, reader, out)?;
        }
    }
    out.push('}');
    Ok(())
}

fn print_element(element: &Codec, delimiter: char, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    match reader.field()? {
        None => out.push_str("NULL"),
        Some(raw) => {
            let start = out.len();
            super::print(element, raw, out)?;
            quote_element_from(start, delimiter, out);
        }
    }
    Ok(())
}

/// Quotes what `out` holds from `start` on, if an array's text needs it.
pub(in super::super) fn quote_element_from(start: usize, delimiter: char, out: &mut String) {
    let text = &out[start..];
    let special = |c: char| matches!(c, '"' | '\\' | '{' | '}') || c == delimiter || is_space(c);
    if text.is_empty() || text.eq_ignore_ascii_case("null") || text.contains(special) {
        let text = out.split_off(start);
        push_quoted(&text, Some('\\'), out);
    }
}

fn print_vector(element: &Codec, length: usize, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    for index in 0..length {
        if index > 0 {
            out.push(' ');
        }
        super::print(element, reader.field()?.ok_or(Malformed)?, out)?;
    }
    Ok(())
}
