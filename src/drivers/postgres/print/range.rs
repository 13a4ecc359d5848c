//! Ranges, `[1,5)`, and multiranges, `{[1,5),[7,9)}`.

use super::super::codec::Codec;
use super::super::reader::{Malformed, Reader};
use super::{is_space, push_quoted};

const EMPTY: u8 = 0x01;
const LOWER_INCLUDED: u8 = 0x02;
const UPPER_INCLUDED: u8 = 0x04;
const NO_LOWER: u8 = 0x08;
const NO_UPPER: u8 = 0x10;

pub(super) fn print(element: &Codec, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let flags = reader.u8()?;
    if flags & EMPTY != 0 {
        out.push_str("empty");
        return Ok(());
    }
    out.push(if flags & LOWER_INCLUDED != 0 { '[' } else { '(' });
    if flags & NO_LOWER == 0 {
        print_bound(element, reader, out)?;
    }
    out.push(',');
    if flags & NO_UPPER == 0 {
        print_bound(element, reader, out)?;
    }
    out.push(if flags & UPPER_INCLUDED != 0 { ']' } else { ')' });
    Ok(())
}

fn print_bound(element: &Codec, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let start = out.len();
    super::print(element, reader.field()?.ok_or(Malformed)?, out)?;
    let text = &out[start..];
    let special = |c: char| matches!(c, '"' | '\\' | '(' | ')' | '[' | ']' | ',') || is_space(c);
    if text.is_empty() || text.contains(special) {
        let text = out.split_off(start);
        push_quoted(&text, None, out);
    }
    Ok(())
}

pub(super) fn print_multirange(range: &Codec, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    out.push('{');
    for index in 0..reader.count()? {
        if index > 0 {
            out.push(',');
        }
        super::print(range, reader.field()?.ok_or(Malformed)?, out)?;
    }
    out.push('}');
    Ok(())
}
