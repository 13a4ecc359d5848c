//! What is to be known of an SQL text before its plan is asked for, and of the expressions in a plan.

use super::lexer::{Kind, tokens};

/// The first words of statements that have a plan.
const PLANNED: [&str; 8] = ["select", "with", "insert", "update", "delete", "merge", "values", "table"];

/// Whether a text is one statement, and of a kind that has a plan. Behind an `EXPLAIN` a second statement would be run.
pub fn has_plan(sql: &str) -> bool {
    let mut first = None;
    let mut ended = false;
    for token in tokens(sql) {
        match token.kind {
            Kind::Sign(b';') => ended |= first.is_some(),
            _ if ended => return false,
            Kind::Sign(b'(') if first.is_none() => {}
            _ if first.is_none() => first = Some(sql[token.range].to_ascii_lowercase()),
            _ => {}
        }
    }
    first.is_some_and(|word| PLANNED.contains(&word.as_str()))
}

/// Whether a word stands anywhere in a text, in whatever case.
pub fn has_word(sql: &str, word: &str) -> bool {
    tokens(sql).any(|token| token.kind == Kind::Word && sql[token.range].eq_ignore_ascii_case(word))
}

/// An expression with `?` for each of its constants.
pub fn without_constants(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for token in tokens(text) {
        let constant = match token.kind {
            Kind::Number => true,
            Kind::Quoted => !text[token.range.clone()].starts_with('"'),
            _ => false,
        };
        if !constant {
            continue;
        }
        let between = &text[from..token.range.start];
        // The lexer stops at the point of `1.5` and at the second quote of `'it''s'`.
        let goes_on = from > 0 && (between.is_empty() || between == "." && token.kind == Kind::Number);
        if !goes_on {
            shown.push_str(between);
            shown.push('?');
        }
        from = token.range.end;
    }
    shown.push_str(&text[from..]);
    shown
}

/// The names that stand before a `(`: functions that are called, and words of SQL that look like one.
pub fn calls(text: &str) -> Vec<String> {
    let all: Vec<_> = tokens(text).collect();
    let called = all
        .windows(2)
        .filter(|pair| matches!(pair[0].kind, Kind::Word | Kind::Quoted) && pair[1].kind == Kind::Sign(b'('));
    called.map(|pair| text[pair[0].range.clone()].trim_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_of_the_right_kind_has_a_plan() {
        for sql in [
            "SELECT 1",
            " -- x\n(select 1) union (select 2) ; ",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "INSERT INTO t VALUES (';')",
            "update t set a = 1",
        ] {
            assert!(has_plan(sql), "{sql}");
        }
        for sql in
            ["", ";", "SELECT 1; DELETE FROM t", "CALL p()", "EXPLAIN ANALYZE DELETE FROM t", "SET a = 1", "DO $$ $$"]
        {
            assert!(!has_plan(sql), "{sql}");
        }
    }

    #[test]
    fn constants_are_left_out_and_names_kept() {
        for (text, shown) in [
            ("((note = 'it''s'::text) AND (id > 5))", "((note = ?::text) AND (id > ?))"),
            ("(price < 1.5)", "(price < ?)"),
            (r#"("Name" = $1)"#, r#"("Name" = $1)"#),
            ("(id = ANY ('{1,2}'::bigint[]))", "(id = ANY (?::bigint[]))"),
            ("((t1.a)::text ~~ 'x%'::text)", "((t1.a)::text ~~ ?::text)"),
        ] {
            assert_eq!(without_constants(text), shown);
        }
    }

    #[test]
    fn functions_are_found_where_they_are_called() {
        assert_eq!(calls(r#"lower(t.a) = public."My f"(1), 'no(1)', b"#), ["lower", "My f"]);
        assert!(has_word("SELECT a INTO b", "into") && !has_word("SELECT 'into'", "into"));
    }
}
