//! The tokens of a statement's text.

use crate::plan::quote_identifier;

/// A text's tokens: names in lower case unless quoted, in quotes those that need them, constants as `?`, comments left out.
pub(super) fn tokens(sql: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            '"' => end_of_name(rest),
            '$' | '?' | '0'..='9' => run(&rest[1..], |c| c.is_ascii_alphanumeric() || c == '.') + 1,
            c if c.is_alphabetic() || c == '_' => run(rest, |c| c.is_alphanumeric() || c == '_'),
            '<' | '>' | '=' | '!' | ':' | '|' | '-' | '@' | '~' => run(rest, |c| "<>=!:|-@~".contains(c)),
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        match first {
            _ if token.starts_with("--") || token.starts_with("/*") => {}
            '"' => tokens.push(quote_identifier(&unquoted(token))),
            '\'' | '$' | '?' | '0'..='9' => tokens.push("?".to_owned()),
            _ => tokens.push(token.to_lowercase()),
        }
        rest = rest[length..].trim_start();
    }
    tokens
}

/// How many bytes at the beginning are all of that kind.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// How long the name in quotes is with which a text begins.
fn end_of_name(text: &str) -> usize {
    let mut within = false;
    text.char_indices()
        .find(|(at, c)| {
            within ^= *c == '"';
            // Two quotes in it are one of the name's own.
            *c == '"' && !within && !text[at + 1..].starts_with('"')
        })
        .map_or(text.len(), |(at, _)| at + 1)
}

/// The name that is in quotes.
fn unquoted(token: &str) -> String {
    let inner = token.strip_prefix('"').unwrap_or(token);
    inner.strip_suffix('"').unwrap_or(inner).replace("\"\"", "\"")
}

/// Whether a token is a name, in quotes or not.
pub(super) fn is_name(token: &str) -> bool {
    token.starts_with('"') || token.chars().all(|c| c.is_alphanumeric() || c == '_') && !token.is_empty()
}

/// A name as `quote_ident` has it. Some that it quotes may stand without.
pub(super) fn named(token: &str) -> String {
    if token.starts_with('"') { token.to_owned() } else { quote_identifier(token) }
}
