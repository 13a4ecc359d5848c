//! Writes parameters as text for the server to parse.

use std::fmt::Write;

use tokio_postgres::types::{Kind, Type};

use super::super::param::Param;
use super::super::print::{print_bytea, print_f64, quote_element_from};
use super::{Mismatch, form, json};

/// The text of `param` for a parameter of a known type.
pub(super) fn typed(param: &Param, type_: &Type) -> Result<String, Mismatch> {
    let mut out = String::new();
    match (param, array_element(type_)) {
        (Param::List(items), Some(element)) if matches!(*type_, Type::INT2_VECTOR | Type::OID_VECTOR) => {
            push_vector(items, element, &mut out)?;
        }
        (Param::List(items), Some(element)) => push_array(items, element, &mut out)?,
        (Param::Map(entries), Some(_)) if entries.is_empty() => out.push_str("{}"),
        _ => push_scalar(param, type_, &mut out)?,
    }
    Ok(out)
}

/// The text of `param` where the server infers the type: a list is an array unless a map is in it, then it is JSON.
pub(in super::super) fn untyped(param: &Param, type_: &Type) -> Result<String, Mismatch> {
    let mut out = String::new();
    match param {
        _ if param.contains_map() => out = json::to_json(param, type_)?,
        Param::List(items) => push_array(items, type_, &mut out)?,
        _ => push_scalar(param, type_, &mut out)?,
    }
    Ok(out)
}

/// The element type of an array, or of a domain over one.
fn array_element(type_: &Type) -> Option<&Type> {
    match type_.kind() {
        Kind::Domain(base) => array_element(base),
        Kind::Array(element) => Some(element),
        _ => None,
    }
}

fn base_of(type_: &Type) -> &Type {
    match type_.kind() {
        Kind::Domain(base) => base_of(base),
        _ => type_,
    }
}

fn push_array(items: &[Param], element: &Type, out: &mut String) -> Result<(), Mismatch> {
    let base = base_of(element);
    let is_json = matches!(*base, Type::JSON | Type::JSONB);
    let delimiter = if *base == Type::BOX { ';' } else { ',' };
    out.push('{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(delimiter);
        }
        match item {
            Param::Null => out.push_str("NULL"),
            Param::List(inner) if !is_json => push_array(inner, element, out)?,
            _ => {
                let start = out.len();
                push_element(item, element, out)?;
                quote_element_from(start, delimiter, out);
            }
        }
    }
    out.push('}');
    Ok(())
}

fn push_element(item: &Param, element: &Type, out: &mut String) -> Result<(), Mismatch> {
    if *element == Type::UNKNOWN {
        out.push_str(&untyped(item, element)?);
        return Ok(());
    }
    match form::choose(item, element)? {
        form::Form::Json => out.push_str(&json::to_json(item, element)?),
        _ if *base_of(element) == Type::BYTEA => match item {
            Param::Text(bytes) | Param::Bytes(bytes) => push_bytes(bytes, out),
            _ => push_scalar(item, element, out)?,
        },
        _ => push_scalar(item, element, out)?,
    }
    Ok(())
}

fn push_vector(items: &[Param], element: &Type, out: &mut String) -> Result<(), Mismatch> {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push_element(item, element, out)?;
    }
    Ok(())
}

fn push_scalar(param: &Param, type_: &Type, out: &mut String) -> Result<(), Mismatch> {
    match param {
        Param::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Param::Int(value) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "{value}");
        }
        Param::Float(value) => {
            let _ = print_f64(*value, out);
        }
        Param::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => return Err(Mismatch::Nul),
            Ok(text) => out.push_str(text),
            Err(_) if *type_ == Type::UNKNOWN => return Err(Mismatch::NotUtf8),
            Err(_) => return Err(Mismatch::new(type_, "a string that is not UTF-8")),
        },
        Param::Bytes(bytes) => push_bytes(bytes, out),
        Param::Null | Param::List(_) | Param::Map(_) => return Err(Mismatch::new(type_, param.describe())),
    }
    Ok(())
}

fn push_bytes(bytes: &[u8], out: &mut String) {
    let _ = print_bytea(bytes, out);
}
