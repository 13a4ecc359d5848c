//! Composite values: `(1,"a b",)`, where nothing between commas is NULL.

use tokio_postgres::types::Type;

use super::super::codec::Codec;
use super::super::reader::{Malformed, Reader};
use super::{is_space, push_quoted};

/// `fields` are known for composite types; the fields of a plain `record` say their own types.
pub(super) fn print(fields: Option<&[Codec]>, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let count = reader.count()?;
    out.push('(');
    for index in 0..count {
        if index > 0 {
            out.push(',');
        }
        let oid = reader.u32()?;
        let Some(raw) = reader.field()? else { continue };
        let start = out.len();
        match fields {
            Some(fields) => super::print(fields.get(index).ok_or(Malformed)?, raw, out)?,
            None => super::print(&Codec::of(&Type::from_oid(oid).ok_or(Malformed)?), raw, out)?,
        }
        quote_field_from(start, out);
    }
    out.push(')');
    Ok(())
}

fn quote_field_from(start: usize, out: &mut String) {
    let text = &out[start..];
    let special = |c: char| matches!(c, '"' | '\\' | '(' | ')' | ',') || is_space(c);
    if text.is_empty() || text.contains(special) {
        let text = out.split_off(start);
        push_quoted(&text, None, out);
    }
}
