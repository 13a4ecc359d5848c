//! The shape of an SQL text, without its constants: what `pg_stat_statements` shows of a statement and what was sent
//! have the same one.

use super::lexer::{Kind, tokens};

/// Stands for a constant or a parameter.
const ANY: &str = "?";

/// The text on one line, in lower case but for quoted names, without comments, with `?` for each constant and parameter
/// and for each list of them.
pub fn fingerprint(sql: &str) -> String {
    let mut shape: Vec<String> = Vec::new();
    let mut tokens = tokens(sql).peekable();
    while let Some(token) = tokens.next() {
        let text = &sql[token.range.clone()];
        let quote_follows =
            tokens.peek().is_some_and(|next| next.kind == Kind::Quoted && next.range.start == token.range.end);
        match token.kind {
            Kind::Number if shape.last().is_some_and(|last| last == ".") => {
                // The lexer stops at the point of `1.5`; nothing else has a number after a point.
                shape.pop();
                if shape.last().is_none_or(|last| last != ANY) {
                    push_any(&mut shape);
                }
            }
            Kind::Placeholder(_) | Kind::Number => push_any(&mut shape),
            Kind::Quoted if !text.starts_with('"') => push_any(&mut shape),
            Kind::Quoted => shape.push(text.to_owned()),
            Kind::Word => match text.to_ascii_lowercase() {
                // The letter of `E'…'` and its like is part of the constant.
                word if quote_follows && ["e", "b", "x", "n"].contains(&word.as_str()) => {}
                word if ["null", "true", "false"].contains(&word.as_str()) => push_any(&mut shape),
                word => shape.push(word),
            },
            Kind::Sign(_) => shape.push(text.to_owned()),
        }
    }
    while shape.last().is_some_and(|last| last == ";") {
        shape.pop();
    }
    shape.join(" ")
}

/// Words after which a sign belongs to the constant that follows; after others it is an operator.
const BEFORE_A_VALUE: [&str; 22] = [
    "and",
    "between",
    "by",
    "case",
    "else",
    "from",
    "ilike",
    "in",
    "like",
    "limit",
    "not",
    "offset",
    "on",
    "or",
    "return",
    "returning",
    "select",
    "set",
    "then",
    "values",
    "when",
    "where",
];

/// Adds a constant: a sign in front is part of it, and a list of them counts as one.
fn push_any(shape: &mut Vec<String>) {
    if let [before @ .., sign] = shape.as_slice()
        && ["-", "+"].contains(&sign.as_str())
        && !before.last().is_some_and(|before| is_operand(before))
    {
        shape.pop();
    }
    if let [.., before, comma] = shape.as_slice()
        && before == ANY
        && comma == ","
    {
        shape.pop();
        return;
    }
    shape.push(ANY.to_owned());
}

/// Whether what stands before a sign makes it an operator between two values.
fn is_operand(token: &str) -> bool {
    let ends_a_value = |c: char| c.is_alphanumeric() || "_\")]?$".contains(c);
    token.ends_with(ends_a_value) && !BEFORE_A_VALUE.contains(&token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_and_what_the_server_shows_have_one_shape() {
        for (sent, shown) in [
            ("SELECT  a\n  FROM t -- all\n WHERE id = $1;", "SELECT a FROM t WHERE id = $1"),
            ("select 1", "SELECT $1"),
            ("SELECT * FROM t WHERE a = 'x' LIMIT 10", "SELECT * FROM t WHERE a = $1 LIMIT $2"),
            ("SELECT * FROM t WHERE a IN (1, 2, 3)", "SELECT * FROM t WHERE a IN ($1 /*, ... */)"),
            ("UPDATE t SET a = a + -5 WHERE b = E'\\'' AND c", "UPDATE t SET a = a + $1 WHERE b = $2 AND c"),
            ("SELECT -1, a - 1, (-1)", "SELECT $1, a - $2, ($3)"),
            ("SELECT NULL, true, x->'k'", "SELECT $1, $2, x->$3"),
            ("INSERT INTO t VALUES ($$a$$, 1.5e3)", "INSERT INTO t VALUES ($1, $2)"),
            ("SELECT a FROM s.t WHERE b > .5", "SELECT a FROM s.t WHERE b > $1"),
        ] {
            assert_eq!(fingerprint(sent), fingerprint(shown), "{sent}");
        }
    }

    #[test]
    fn other_statements_have_other_shapes() {
        let shapes = ["SELECT a FROM t", "SELECT b FROM t", "SELECT \"A\" FROM t", "SELECT a FROM t WHERE a = 1"];
        for (at, one) in shapes.iter().enumerate() {
            for other in &shapes[at + 1..] {
                assert_ne!(fingerprint(one), fingerprint(other));
            }
        }
    }
}
