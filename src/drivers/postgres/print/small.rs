//! Types whose text takes a line or two.

use std::fmt::Write;

use super::super::reader::{Malformed, Reader};

/// Sent in hundredths in nearly every locale; shown as a plain decimal, without a locale's symbols.
pub(super) fn print_money(hundredths: i64, out: &mut String) -> Result<(), Malformed> {
    let sign = if hundredths < 0 { "-" } else { "" };
    let amount = hundredths.unsigned_abs();
    write!(out, "{sign}{}.{:02}", amount / 100, amount % 100)?;
    Ok(())
}

pub(in super::super) fn print_bytea(bytes: &[u8], out: &mut String) -> Result<(), Malformed> {
    out.push_str("\\x");
    for byte in bytes {
        write!(out, "{byte:02x}")?;
    }
    Ok(())
}

pub(super) fn print_uuid(bytes: &[u8], out: &mut String) -> Result<(), Malformed> {
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        write!(out, "{byte:02x}")?;
    }
    Ok(())
}

pub(super) fn print_bits(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let count = reader.count()?;
    let bytes = reader.rest();
    for index in 0..count {
        let byte = bytes.get(index / 8).ok_or(Malformed)?;
        out.push(if byte & (0x80 >> (index % 8)) == 0 { '0' } else { '1' });
    }
    Ok(())
}

/// A place in the write-ahead log, `16/B374D848`.
pub(super) fn print_lsn(position: u64, out: &mut String) -> Result<(), Malformed> {
    write!(out, "{:X}/{:X}", position >> 32, position & 0xFFFF_FFFF)?;
    Ok(())
}

/// `xmin:xmax:xip,…`
pub(super) fn print_snapshot(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let count = reader.count()?;
    write!(out, "{}:{}:", reader.u64()?, reader.u64()?)?;
    for index in 0..count {
        if index > 0 {
            out.push(',');
        }
        write!(out, "{}", reader.u64()?)?;
    }
    Ok(())
}

/// `"key"=>"value", "other"=>NULL`
pub(super) fn print_hstore(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    for index in 0..reader.count()? {
        if index > 0 {
            out.push_str(", ");
        }
        let key = std::str::from_utf8(reader.field()?.ok_or(Malformed)?)?;
        super::push_quoted(key, Some('\\'), out);
        out.push_str("=>");
        match reader.field()? {
            Some(value) => super::push_quoted(std::str::from_utf8(value)?, Some('\\'), out),
            None => out.push_str("NULL"),
        }
    }
    Ok(())
}
