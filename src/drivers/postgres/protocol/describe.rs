//! Reads what the server says about a statement: its parameters, its columns, how many rows it touched.

use super::WireError;
use crate::drivers::postgres::reader::{Malformed, Reader};

/// A column's name and the number of its type.
pub(in super::super) type Described = (String, u32);

/// The columns in the body of a RowDescription.
pub(in super::super) fn described(body: &[u8]) -> Result<Vec<Described>, WireError> {
    let mut reader = Reader::new(body);
    let mut read = || {
        let count = reader.u16()?;
        (0..count)
            .map(|_| {
                let name = reader.cstring()?.to_owned();
                let _table = reader.u32()?;
                let _attribute = reader.i16()?;
                let type_ = reader.u32()?;
                let _size = reader.i16()?;
                let _modifier = reader.i32()?;
                let _format = reader.i16()?;
                Ok((name, type_))
            })
            .collect::<Result<_, Malformed>>()
    };
    read().map_err(|_| WireError::Alien)
}

/// The types in the body of a ParameterDescription.
pub(in super::super) fn parameters(body: &[u8]) -> Result<Vec<u32>, WireError> {
    let mut reader = Reader::new(body);
    let mut read = || {
        let count = reader.u16()?;
        (0..count).map(|_| reader.u32()).collect::<Result<_, Malformed>>()
    };
    read().map_err(|_| WireError::Alien)
}

/// The rows that a CommandComplete counts; 0 for a command that counts none.
pub(in super::super) fn affected(body: &[u8]) -> u64 {
    let tag = body.strip_suffix(&[0]).unwrap_or(body);
    let mut count = 0u64;
    let mut power = 1u64;
    // From its end, for `INSERT 0 1` has another number before.
    for &byte in tag.iter().rev() {
        match byte {
            b'0'..=b'9' => {
                count = count.wrapping_add(u64::from(byte - b'0').wrapping_mul(power));
                power = power.wrapping_mul(10);
            }
            b' ' => return count,
            _ => return 0,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commands_count_is_its_last_word() {
        for (tag, count) in [
            (&b"SELECT 1\0"[..], 1),
            (b"INSERT 0 250\0", 250),
            (b"UPDATE 18446744073709551615\0", u64::MAX),
            (b"CREATE TABLE\0", 0),
            (b"BEGIN\0", 0),
            (b"\0", 0),
            (b"", 0),
        ] {
            assert_eq!(affected(tag), count, "{}", String::from_utf8_lossy(tag));
        }
    }
}
