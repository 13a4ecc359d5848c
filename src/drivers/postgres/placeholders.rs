//! Finds `$1`, `$2` … in an SQL text, outside strings, quoted names and comments: to count the parameters
//! of a statement that is never prepared, and to write parameters into the text.

use std::ops::Range;

use super::lexer::{Kind, Token, tokens};

/// One `$n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// The number, from 1.
    pub number: usize,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// The highest number of any placeholder.
pub(super) fn count_placeholders(sql: &str) -> usize {
    find_placeholders(sql).iter().map(|placeholder| placeholder.number).max().unwrap_or(0)
}

/// All placeholders in order.
pub(super) fn find_placeholders(sql: &str) -> Vec<Placeholder> {
    let placeholder = |token: Token| match token.kind {
        Kind::Placeholder(number) => Some(Placeholder { number, range: token.range }),
        _ => None,
    };
    tokens(sql).filter_map(placeholder).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(sql: &str) -> Vec<usize> {
        find_placeholders(sql).into_iter().map(|placeholder| placeholder.number).collect()
    }

    #[test]
    fn placeholders_are_found_outside_strings_names_and_comments() {
        for (sql, expected) in [
            ("SELECT $1, $22::int", vec![1, 22]),
            ("SELECT '$1', $2", vec![2]),
            ("SELECT 'it''s $1', $2", vec![2]),
            (r"SELECT E'\'$1', $2", vec![2]),
            (r"SELECT '\', $1", vec![1]),
            (r"SELECT type'\', $1", vec![1]),
            (r#"SELECT "a$1", $2"#, vec![2]),
            ("SELECT a$1, $2", vec![2]),
            ("SELECT 1 -- $1\n, $2", vec![2]),
            ("SELECT /* $1 /* $2 */ $3 */ $4", vec![4]),
            ("SELECT $$ $1 $$, $2", vec![2]),
            ("SELECT $tag$ $1 $$ $tag$, $2", vec![2]),
            ("SELECT $0, 'open $1", vec![]),
            ("SELECT 'ü' || $1", vec![1]),
        ] {
            assert_eq!(numbers(sql), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_to_its_end(sql in r#"[\$'"/*\-0-9aE\\ ü\n]{0,40}"#) {
            for placeholder in find_placeholders(&sql) {
                prop_assert!(sql[placeholder.range].starts_with('$'));
            }
        }
    }
}
