//! Decides how a parameter travels to a parameter's type, and whether it may at all.

use tokio_postgres::types::{Kind, Type};

use super::super::param::Param;
use super::Mismatch;

/// How a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form<'a> {
    Null,
    Bool(bool),
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Oid(u32),
    Float4(f32),
    Float8(f64),
    /// These bytes, which are the binary form.
    Bytes(&'a [u8]),
    /// These bytes, for the server to parse.
    ServerText(&'a [u8]),
    /// As text to be written, for the server to parse.
    Text,
    /// As JSON to be written.
    Json,
}

/// What a type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    /// Numbers that the server parses: `numeric`, `money`, `xid8`.
    Number,
    /// Text types, whose binary form is the text.
    Text,
    Bytea,
    Json,
    Array,
    /// Whatever its text form says.
    Parsed,
}

fn class_of(type_: &Type) -> Class {
    match type_.kind() {
        Kind::Domain(base) => return class_of(base),
        Kind::Array(_) => return Class::Array,
        Kind::Enum(_) => return Class::Text,
        _ => {}
    }
    match *type_ {
        Type::BOOL => Class::Bool,
        Type::INT2 => Class::Int2,
        Type::INT4 => Class::Int4,
        Type::INT8 => Class::Int8,
        Type::OID | Type::XID | Type::CID => Class::Oid,
        Type::REGPROC
        | Type::REGPROCEDURE
        | Type::REGOPER
        | Type::REGOPERATOR
        | Type::REGCLASS
        | Type::REGTYPE
        | Type::REGCONFIG
        | Type::REGDICTIONARY
        | Type::REGNAMESPACE
        | Type::REGROLE
        | Type::REGCOLLATION
        | Type::NUMERIC
        | Type::MONEY
        | Type::XID8 => Class::Number,
        Type::FLOAT4 => Class::Float4,
        Type::FLOAT8 => Class::Float8,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Class::Text,
        Type::BYTEA => Class::Bytea,
        Type::JSON | Type::JSONB => Class::Json,
        _ if type_.name() == "citext" => Class::Text,
        _ => Class::Parsed,
    }
}

/// How `param` travels to `type_`.
pub(super) fn choose<'a>(param: &'a Param, type_: &Type) -> Result<Form<'a>, Mismatch> {
    let class = class_of(type_);
    let unfit = || Err(Mismatch::new(type_, param.describe()));
    match (param, class) {
        (Param::Null, _) => Ok(Form::Null),
        (Param::Bool(value), Class::Bool) => Ok(Form::Bool(*value)),
        (Param::Bool(_) | Param::Int(_) | Param::Float(_) | Param::List(_) | Param::Map(_), Class::Json) => {
            Ok(Form::Json)
        }
        (Param::Bool(_), Class::Text) => Ok(Form::Text),
        (Param::Int(value), _) => choose_for_int(*value, class, type_),
        (Param::Float(value), _) => choose_for_float(*value, class, type_),
        (Param::Text(bytes), Class::Text | Class::Bytea) => Ok(Form::Bytes(bytes)),
        (Param::Text(bytes), _) => Ok(Form::ServerText(bytes)),
        (Param::Bytes(bytes), Class::Text | Class::Bytea) => Ok(Form::Bytes(bytes)),
        (Param::List(_), Class::Array) => Ok(Form::Text),
        (Param::Map(entries), Class::Array) if entries.is_empty() => Ok(Form::Text),
        _ => unfit(),
    }
}

fn choose_for_int<'a>(value: i64, class: Class, type_: &Type) -> Result<Form<'a>, Mismatch> {
    let out_of_range = |_| Mismatch::new(type_, format!("{value}: it is out of range"));
    match class {
        Class::Int2 => value.try_into().map(Form::Int2).map_err(out_of_range),
        Class::Int4 => value.try_into().map(Form::Int4).map_err(out_of_range),
        Class::Int8 => Ok(Form::Int8(value)),
        Class::Oid => value.try_into().map(Form::Oid).map_err(out_of_range),
        Class::Float4 => Ok(Form::Float4(value as f32)),
        Class::Float8 => Ok(Form::Float8(value as f64)),
        Class::Number | Class::Text => Ok(Form::Text),
        _ => Err(Mismatch::new(type_, "an integer")),
    }
}

fn choose_for_float<'a>(value: f64, class: Class, type_: &Type) -> Result<Form<'a>, Mismatch> {
    match class {
        Class::Int2 | Class::Int4 | Class::Int8 | Class::Oid => {
            // -2^63 is a double, 2^63 is the first past the range.
            let whole = value.fract() == 0.0 && (i64::MIN as f64..-(i64::MIN as f64)).contains(&value);
            if !whole {
                return Err(Mismatch::new(type_, format!("{value}: it is not a whole number of that type")));
            }
            choose_for_int(value as i64, class, type_)
        }
        Class::Float4 => Ok(Form::Float4(value as f32)),
        Class::Float8 => Ok(Form::Float8(value)),
        Class::Number | Class::Text => Ok(Form::Text),
        _ => Err(Mismatch::new(type_, "a float")),
    }
}
