//! Sends parameters: in binary where the type is known to be simple, else as text that the server parses.

mod form;
mod json;
mod literal;
mod text;

use std::cell::Cell;
use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use super::param::Param;
use form::Form;
pub(super) use literal::with_literals;
pub(super) use text::untyped as text_of;

type BoxedError = Box<dyn Error + Sync + Send>;

/// A parameter that its place in the statement cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Mismatch {
    /// Its place is of a type that takes something else.
    #[error("is `{expected}`, which cannot take {got}")]
    Type { expected: String, got: String },
    /// It is a string that is no text, and its place's type is not known.
    #[error("is not UTF-8, and only prepared statements tell whether bytes are meant")]
    NotUtf8,
    /// It is a text that PostgreSQL cannot hold.
    #[error("contains a NUL byte, which no text in PostgreSQL can")]
    Nul,
}

impl Mismatch {
    fn new(type_: &Type, got: impl Into<String>) -> Self {
        Self::Type { expected: type_.name().to_owned(), got: got.into() }
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotUtf8 => Some("send bytes as `pg.bytes(…)`"),
            Self::Nul => Some("send bytes to a `bytea`, as `pg.bytes(…)`"),
            Self::Type { .. } => None,
        }
    }
}

/// A mismatch and which parameter it is, from 1.
#[derive(Debug, thiserror::Error)]
#[error("parameter {number} {mismatch}")]
pub(super) struct UnfitParameter {
    pub number: usize,
    pub mismatch: Mismatch,
}

/// A parameter on its way to the server.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    /// What to send.
    pub param: &'a Param,
    /// Which parameter it is, from 1.
    pub number: usize,
    /// Counts the bytes sent.
    pub sent: &'a Cell<u64>,
}

impl Bound<'_> {
    fn write(&self, type_: &Type, out: &mut BytesMut) -> Result<IsNull, Mismatch> {
        // An unspecified type is the server's to infer, so everything goes as text.
        if *type_ == Type::UNKNOWN {
            return match self.param {
                Param::Null => Ok(IsNull::Yes),
                param => {
                    out.put_slice(text::untyped(param, type_)?.as_bytes());
                    Ok(IsNull::No)
                }
            };
        }
        match form::choose(self.param, type_)? {
            Form::Null => return Ok(IsNull::Yes),
            Form::Bool(value) => out.put_u8(value.into()),
            Form::Int2(value) => out.put_i16(value),
            Form::Int4(value) => out.put_i32(value),
            Form::Int8(value) => out.put_i64(value),
            Form::Oid(value) => out.put_u32(value),
            Form::Float4(value) => out.put_f32(value),
            Form::Float8(value) => out.put_f64(value),
            Form::Bytes(bytes) | Form::ServerText(bytes) => out.put_slice(bytes),
            Form::Text => out.put_slice(text::typed(self.param, type_)?.as_bytes()),
            Form::Json => out.put_slice(json::to_json(self.param, type_)?.as_bytes()),
        }
        Ok(IsNull::No)
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, type_: &Type, out: &mut BytesMut) -> Result<IsNull, BoxedError> {
        let start = out.len();
        let is_null = self.write(type_, out).map_err(|mismatch| UnfitParameter { number: self.number, mismatch })?;
        self.sent.set(self.sent.get() + (out.len() - start) as u64);
        Ok(is_null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, type_: &Type) -> Format {
        if *type_ == Type::UNKNOWN {
            return Format::Text;
        }
        match form::choose(self.param, type_) {
            Ok(Form::Text | Form::ServerText(_) | Form::Json) => Format::Text,
            _ => Format::Binary,
        }
    }

    to_sql_checked!();
}
