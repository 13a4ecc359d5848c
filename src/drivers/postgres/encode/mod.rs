//! Sends parameters: in binary where the type is known to be simple, else as text that the server parses.

mod form;
mod json;
mod literal;
mod text;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::Type;

use super::param::Param;
use form::Form as Chosen;
pub(super) use literal::with_literals;
pub(super) use text::untyped as text_of;

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

/// How a parameter was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Not at all.
    Null,
    /// As text for the server to parse.
    Text,
    /// In its type's binary format.
    Binary,
}

/// Writes `param` for a place of `type_`. What a mismatch leaves half written is the caller's to take back.
pub(super) fn write(param: &Param, type_: &Type, out: &mut BytesMut) -> Result<Form, Mismatch> {
    // An unspecified type is the server's to infer, so everything goes as text.
    if *type_ == Type::UNKNOWN {
        if *param == Param::Null {
            return Ok(Form::Null);
        }
        out.put_slice(text::untyped(param, type_)?.as_bytes());
        return Ok(Form::Text);
    }
    match form::choose(param, type_)? {
        Chosen::Null => return Ok(Form::Null),
        Chosen::Bool(value) => out.put_u8(value.into()),
        Chosen::Int2(value) => out.put_i16(value),
        Chosen::Int4(value) => out.put_i32(value),
        Chosen::Int8(value) => out.put_i64(value),
        Chosen::Oid(value) => out.put_u32(value),
        Chosen::Float4(value) => out.put_f32(value),
        Chosen::Float8(value) => out.put_f64(value),
        Chosen::Bytes(bytes) => out.put_slice(bytes),
        Chosen::ServerText(bytes) => {
            out.put_slice(bytes);
            return Ok(Form::Text);
        }
        Chosen::Text => {
            out.put_slice(text::typed(param, type_)?.as_bytes());
            return Ok(Form::Text);
        }
        Chosen::Json => {
            out.put_slice(json::to_json(param, type_)?.as_bytes());
            return Ok(Form::Text);
        }
    }
    Ok(Form::Binary)
}
