//! What an index is made of, read out of its definition.

use super::tokens::{is_name, named, tokens};

/// Functions of one column of which an index can be made.
pub(super) const INDEXED: [&str; 2] = ["lower", "upper"];

/// The first column of an index, as `pg_get_indexdef` writes the index; none of one that holds only some rows.
pub(in crate::analysis::findings) fn first_column(definition: &str) -> Option<String> {
    let tokens = tokens(definition);
    let opened = tokens.iter().position(|token| token == "using").map(|at| at + 2)?;
    let rest = tokens.get(opened + 1..)?;
    if tokens.iter().any(|token| token == "where") {
        return None;
    }
    let depth = |token: &String| i32::from(token == "(") - i32::from(token == ")");
    let mut open = 0;
    let end = rest.iter().position(|token| {
        let ends = open == 0 && (token == "," || token == ")");
        open += depth(token);
        ends
    })?;
    let first: Vec<&str> = rest[..end].iter().map(String::as_str).collect();
    match first.as_slice() {
        [function, "(", inner @ .., ")"] if INDEXED.contains(function) => {
            let column = inner.iter().find(|token| is_name(token))?;
            Some(format!("{function}({})", named(column)))
        }
        [column, ..] if is_name(column) => Some(named(column)),
        _ => None,
    }
}
