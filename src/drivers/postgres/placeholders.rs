//! Finds `$1`, `$2` … in an SQL text, outside strings, quoted names and comments.
//!
//! Needed where the server does not: to count the parameters of a statement
//! that is never prepared, and to write parameters into the text.

use std::ops::Range;

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

/// All placeholders in order. Lexical rules: PostgreSQL's documentation, "Lexical Structure".
pub(super) fn find_placeholders(sql: &str) -> Vec<Placeholder> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = match bytes[at] {
            b'\'' => {
                // E'…' knows backslash escapes; `type'…'` must not be taken for one.
                let escapes =
                    at > 0 && matches!(bytes[at - 1], b'e' | b'E') && !(at > 1 && is_name_byte(bytes[at - 2]));
                end_of_string(bytes, at, escapes)
            }
            b'"' => end_of_quoted(bytes, at),
            b'-' if bytes.get(at + 1) == Some(&b'-') => end_of_line(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => end_of_comment(bytes, at),
            b'$' => match placeholder_at(bytes, at) {
                Some(placeholder) => {
                    let end = placeholder.range.end;
                    found.push(placeholder);
                    end
                }
                None => end_of_dollar_quoted(bytes, at).unwrap_or(at + 1),
            },
            // A name may contain `$1`, so it is passed as a whole.
            byte if is_name_start(byte) => end_of_name(bytes, at),
            _ => at + 1,
        };
    }
    found
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name_byte(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn end_of_name(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|&byte| !is_name_byte(byte)).map_or(bytes.len(), |length| start + length)
}

fn placeholder_at(bytes: &[u8], start: usize) -> Option<Placeholder> {
    let digits = bytes[start + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = start + 1 + digits;
    let number = std::str::from_utf8(&bytes[start + 1..end]).ok()?.parse().ok()?;
    (number > 0).then_some(Placeholder { number, range: start..end })
}

fn end_of_string(bytes: &[u8], start: usize, escapes: bool) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_quoted(bytes: &[u8], start: usize) -> usize {
    bytes[start + 1..].iter().position(|&byte| byte == b'"').map_or(bytes.len(), |length| start + length + 2)
}

fn end_of_line(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| start + length)
}

/// Comments nest.
fn end_of_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        match &bytes[at..bytes.len().min(at + 2)] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `$$…$$` and `$tag$…$tag$`; `None` if no such string starts here.
fn end_of_dollar_quoted(bytes: &[u8], start: usize) -> Option<usize> {
    let tag_end = start + 1 + bytes[start + 1..].iter().position(|&byte| byte == b'$' || !is_name_byte(byte))?;
    if bytes[tag_end] != b'$' {
        return None;
    }
    let tag = &bytes[start..=tag_end];
    let body = tag_end + 1;
    let length = bytes[body..].windows(tag.len()).position(|window| window == tag);
    Some(length.map_or(bytes.len(), |length| body + length + tag.len()))
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
