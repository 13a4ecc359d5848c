//! Writes parameters into the text of a statement, for the simple protocol.

use tokio_postgres::types::Type;

use super::super::param::Param;
use super::super::placeholders::find_placeholders;
use super::{UnfitParameter, text};

/// `sql` with every `$n` replaced by the literal of parameter n. The caller has checked that there are enough.
///
/// Each literal is a quoted string, even a number's, so that the server infers its type just as it
/// does for an untyped parameter; a space before it keeps it apart from what it follows.
pub(in super::super) fn with_literals(sql: &str, params: &[Param]) -> Result<String, UnfitParameter> {
    let mut out = String::with_capacity(sql.len() + params.len() * 16);
    let mut copied = 0;
    for placeholder in find_placeholders(sql) {
        out.push_str(&sql[copied..placeholder.range.start]);
        copied = placeholder.range.end;
        let number = placeholder.number;
        match params.get(number - 1) {
            None | Some(Param::Null) => out.push_str(" NULL"),
            Some(param) => {
                let text =
                    text::untyped(param, &Type::UNKNOWN).map_err(|mismatch| UnfitParameter { number, mismatch })?;
                push_literal(&text, &mut out);
            }
        }
    }
    out.push_str(&sql[copied..]);
    Ok(out)
}

/// With a backslash in it, the escaping form is right whatever `standard_conforming_strings` says.
fn push_literal(text: &str, out: &mut String) {
    out.push_str(if text.contains('\\') { " E'" } else { " '" });
    for character in text.chars() {
        if matches!(character, '\'' | '\\') {
            out.push(character);
        }
        out.push(character);
    }
    out.push('\'');
}

#[cfg(test)]
mod tests {
    use super::super::Mismatch;
    use super::*;

    #[test]
    fn parameters_become_quoted_literals() {
        let params = [Param::Int(-5), Param::from("it's"), Param::from(r"a\b"), Param::Null, Param::Bool(true)];
        assert_eq!(
            with_literals("SELECT 1-$1, $2, $3, $4, '$1', $5::bool, $1", &params).expect("literals"),
            r"SELECT 1- '-5',  'it''s',  E'a\\b',  NULL, '$1',  'true'::bool,  '-5'",
        );
    }

    #[test]
    fn bytes_are_written_as_bytea_and_never_guessed() {
        let sql = with_literals("SELECT $1", &[Param::Bytes(vec![0xff, 0x00])]).expect("literals");
        assert_eq!(sql, r"SELECT  E'\\xff00'");
        for (text, mismatch) in [(&b"\xff"[..], Mismatch::NotUtf8), (b"a\0b", Mismatch::Nul)] {
            let unfit =
                with_literals("SELECT $1, $2", &[Param::Null, Param::Text(text.to_vec())]).expect_err("no text");
            assert_eq!((unfit.number, unfit.mismatch), (2, mismatch));
        }
    }
}
