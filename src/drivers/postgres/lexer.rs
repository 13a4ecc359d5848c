//! Cuts an SQL text into tokens, so that what stands in strings, quoted names and comments is not taken for SQL.
//!
//! Needed where the server does not say: to find parameters and statements in a text. Lexical rules:
//! PostgreSQL's documentation, "Lexical Structure", with `standard_conforming_strings` on, as it is by default.

use std::ops::Range;

/// What a token is, as far as anybody needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a plain name.
    Word,
    /// `$n`, with its number from 1.
    Placeholder(usize),
    /// A string or a quoted name.
    Quoted,
    /// A number.
    Number,
    /// One byte of anything else.
    Sign(u8),
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// All tokens in order; white space and comments are left out.
pub(super) fn tokens(sql: &str) -> Tokens<'_> {
    Tokens { bytes: sql.as_bytes(), at: 0 }
}

/// See [`tokens`].
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.bytes;
        loop {
            let start = self.at;
            let next = bytes.get(start + 1);
            let (kind, end) = match *bytes.get(start)? {
                b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c' => (None, start + 1),
                b'-' if next == Some(&b'-') => (None, end_of_line(bytes, start)),
                b'/' if next == Some(&b'*') => (None, end_of_comment(bytes, start)),
                b'\'' => (Some(Kind::Quoted), end_of_string(bytes, start, has_escapes(bytes, start))),
                b'"' => (Some(Kind::Quoted), end_of_quoted(bytes, start)),
                b'$' => after_dollar(bytes, start),
                // A name may contain `$1`, so it is passed as a whole.
                byte if is_name_start(byte) => (Some(Kind::Word), end_of_name(bytes, start)),
                byte if byte.is_ascii_digit() => (Some(Kind::Number), end_of_number(bytes, start)),
                byte => (Some(Kind::Sign(byte)), start + 1),
            };
            self.at = end;
            if let Some(kind) = kind {
                return Some(Token { kind, range: start..end });
            }
        }
    }
}

/// E'…' knows backslash escapes; `type'…'` must not be taken for one.
fn has_escapes(bytes: &[u8], start: usize) -> bool {
    start > 0 && matches!(bytes[start - 1], b'e' | b'E') && !(start > 1 && is_name_byte(bytes[start - 2]))
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

/// Up to a point; what follows it is a number of its own, which makes no difference.
fn end_of_number(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| !byte.is_ascii_alphanumeric()).map_or(bytes.len(), |length| start + length)
}

/// `$n`, `$$…$$`, `$tag$…$tag$`, or a sign that means nothing.
fn after_dollar(bytes: &[u8], start: usize) -> (Option<Kind>, usize) {
    let digits = bytes[start + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = start + 1 + digits;
    match std::str::from_utf8(&bytes[start + 1..end]).ok().and_then(|digits| digits.parse().ok()) {
        Some(number) if number > 0 => (Some(Kind::Placeholder(number)), end),
        _ => match end_of_dollar_quoted(bytes, start) {
            Some(end) => (Some(Kind::Quoted), end),
            None => (Some(Kind::Sign(b'$')), start + 1),
        },
    }
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
    let end = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.map_or(bytes.len(), |length| start + length)
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

/// `None` if no dollar-quoted string starts here.
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

    #[test]
    fn comments_and_white_space_are_no_tokens_and_strings_are_one_each() {
        let cut = |sql: &'static str| tokens(sql).map(|token| &sql[token.range]).collect::<Vec<_>>();
        for (sql, expected) in [
            (" /* a /* b */ c */ BEGIN -- it\r;", vec!["BEGIN", ";"]),
            ("a$1+1e5", vec!["a$1", "+", "1e5"]),
            ("'x;''y' \"p;\" $$;$$ $t$;$$;$t$", vec!["'x;'", "'y'", "\"p;\"", "$$;$$", "$t$;$$;$t$"]),
            (r"E'\';' '\';", vec!["E", r"'\';'", r"'\'", ";"]),
            ("/* open", vec![]),
            ("'open", vec!["'open"]),
        ] {
            assert_eq!(cut(sql), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_follow_each_other_to_its_end(sql in r#"[\$'"/*\-0-9aE;\\ ü\n]{0,40}"#) {
            let mut end = 0;
            for token in tokens(&sql) {
                prop_assert!(token.range.start >= end && token.range.end <= sql.len(), "{token:?}");
                prop_assert!(token.range.start < token.range.end);
                end = token.range.end;
            }
        }
    }
}
