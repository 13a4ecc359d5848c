//! Writes the messages of a statement straight into what is to be sent.

use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;
use tokio_postgres::types::Type;

use super::WireError;
use crate::drivers::postgres::encode::{self, Form, UnfitParameter};
use crate::drivers::postgres::param::Param;

/// Execute of the unnamed portal without a limit, and Sync.
const EXECUTE_AND_SYNC: &[u8] = b"E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04";

/// Describe of the unnamed portal.
const DESCRIBE_PORTAL: &[u8] = b"D\0\0\0\x06P\0";

/// The format of a value that is not text.
const BINARY: u8 = 1;

/// A query of the simple protocol.
pub(in super::super) fn query(sql: &str, out: &mut BytesMut) -> Result<(), WireError> {
    frontend::query(sql, out).map_err(WireError::Unsendable)
}

/// Has the server prepare `sql` under `name` and say what it takes and returns.
pub(in super::super) fn prepare(name: &str, sql: &str, out: &mut BytesMut) -> Result<(), WireError> {
    frontend::parse(name, sql, [], out).map_err(WireError::Unsendable)?;
    frontend::describe(b'S', name, out).map_err(WireError::Unsendable)?;
    frontend::sync(out);
    Ok(())
}

/// Has the server forget the statement `name`; to be followed by what ends in a Sync.
pub(in super::super) fn forget(name: &str, out: &mut BytesMut) -> Result<(), WireError> {
    frontend::close(b'S', name, out).map_err(WireError::Unsendable)
}

/// Runs the prepared statement `name`, whose parameters are of `types`; returns the bytes of the parameters.
pub(in super::super) fn run_prepared(
    name: &str,
    types: &[Type],
    params: &[Param],
    out: &mut BytesMut,
) -> Result<u64, WireError> {
    let sent = bind(name, params, |index| types.get(index).unwrap_or(&Type::UNKNOWN), out)?;
    out.put_slice(EXECUTE_AND_SYNC);
    Ok(sent)
}

/// Prepares `sql` without a name and runs it at once, its parameters as text whose types the server infers; returns
/// their bytes.
pub(in super::super) fn run_unnamed(sql: &str, params: &[Param], out: &mut BytesMut) -> Result<u64, WireError> {
    frontend::parse("", sql, [], out).map_err(WireError::Unsendable)?;
    let sent = bind("", params, |_| &Type::UNKNOWN, out)?;
    out.put_slice(DESCRIBE_PORTAL);
    out.put_slice(EXECUTE_AND_SYNC);
    Ok(sent)
}

/// Bind of the unnamed portal, with results in binary.
fn bind<'a>(
    name: &str,
    params: &[Param],
    type_of: impl Fn(usize) -> &'a Type,
    out: &mut BytesMut,
) -> Result<u64, WireError> {
    out.reserve(64);
    out.put_u8(b'B');
    let start = out.len();
    out.put_u32(0);
    out.put_u8(0);
    out.put_slice(name.as_bytes());
    out.put_u8(0);
    let count = u16::try_from(params.len()).map_err(|_| too_much("there are more than 65535 parameters"))?;
    out.put_u16(count);
    // The formats stand before the values; they are set as the values are written.
    let formats = out.len();
    out.put_bytes(0, 2 * params.len());
    out.put_u16(count);
    let mut sent = 0;
    for (index, param) in params.iter().enumerate() {
        let length_at = out.len();
        // That of NULL.
        out.put_i32(-1);
        let form = encode::write(param, type_of(index), out)
            .map_err(|mismatch| UnfitParameter { number: index + 1, mismatch })?;
        if form == Form::Null {
            continue;
        }
        out[formats + 2 * index + 1] = if form == Form::Binary { BINARY } else { 0 };
        let length = out.len() - length_at - 4;
        set_length(out, length_at, length)?;
        sent += length as u64;
    }
    out.put_u16(1);
    out.put_u16(BINARY.into());
    let length = out.len() - start;
    set_length(out, start, length)?;
    Ok(sent)
}

fn set_length(out: &mut BytesMut, at: usize, length: usize) -> Result<(), WireError> {
    let length = i32::try_from(length).map_err(|_| too_much("it is larger than 2 GB"))?;
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn too_much(why: &'static str) -> WireError {
    WireError::Unsendable(std::io::Error::new(std::io::ErrorKind::InvalidInput, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bind_says_of_each_parameter_how_it_comes() {
        let mut out = BytesMut::new();
        let params = [Param::Int(7), Param::Null, Param::from("x")];
        let sent = run_prepared("s1", &[Type::INT4, Type::INT4, Type::DATE], &params, &mut out).expect("it fits");
        assert_eq!(sent, 5);
        let bind =
            b"B\0\0\0\x27\0s1\0\0\x03\0\x01\0\0\0\0\0\x03\0\0\0\x04\0\0\0\x07\xff\xff\xff\xff\0\0\0\x01x\0\x01\0\x01";
        assert_eq!(&out[..], [&bind[..], EXECUTE_AND_SYNC].concat());
    }

    #[test]
    fn a_parameter_that_does_not_fit_is_named() {
        let mut out = BytesMut::new();
        let params = [Param::Int(7), Param::from("a\0b")];
        let Err(WireError::Unfit(unfit)) = run_unnamed("SELECT $1, $2", &params, &mut out) else { panic!("it fits") };
        assert_eq!(unfit.number, 2);
    }
}
