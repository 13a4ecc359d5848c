//! Whether an SQL text begins or ends transactions, known before it is sent: afterwards the server says so, but then a
//! transaction that was somebody else's is over.

use super::lexer::{Kind, tokens};
use super::statement::Statement;

/// Whether a statement would begin or end a transaction behind the pool's back.
pub fn controls_transaction(statement: &Statement) -> bool {
    is_in(statement.sql())
}

/// Whether any statement of `sql` begins or ends a transaction; savepoints are another matter.
pub(super) fn is_in(sql: &str) -> bool {
    let mut current = Current::default();
    for token in tokens(sql) {
        match token.kind {
            Kind::Sign(b';') if current.may_end() => {
                if std::mem::take(&mut current).controls() {
                    return true;
                }
            }
            kind => current.add(kind, &sql[token.range]),
        }
    }
    current.controls()
}

/// How many words of a statement tell what it is: `CREATE OR REPLACE FUNCTION`, `ROLLBACK WORK TO`.
const TELLING: usize = 4;

/// The statement that is being read.
#[derive(Default)]
struct Current<'a> {
    /// Its first tokens, signs and strings as nothing.
    words: Vec<&'a str>,
    /// How many parentheses are open, as in `CREATE RULE … DO (…; …)`.
    parentheses: usize,
    /// How many of `BEGIN` and `CASE` are open in the body of `CREATE FUNCTION … BEGIN ATOMIC …; … END`.
    blocks: usize,
}

impl<'a> Current<'a> {
    /// Whether a `;` ends it, by the rules of PostgreSQL's own psql (`psqlscan.l`).
    fn may_end(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    /// Whether it begins or ends a transaction.
    fn controls(&self) -> bool {
        let optional = usize::from(self.is(1, &["work", "transaction"]));
        match self.words.first() {
            // Anything else that can be prepared is a statement.
            Some(word) if word.eq_ignore_ascii_case("prepare") => self.is(1, &["transaction"]),
            Some(word) if word.eq_ignore_ascii_case("start") => self.is(1, &["transaction"]),
            // A transaction that was prepared is no session's any more.
            _ if self.is(1, &["prepared"]) => false,
            Some(word) if word.eq_ignore_ascii_case("rollback") => !self.is(1 + optional, &["to"]),
            _ => self.is(0, &["begin", "commit", "end", "abort"]),
        }
    }

    fn add(&mut self, kind: Kind, text: &'a str) {
        match kind {
            Kind::Sign(b'(') => self.parentheses += 1,
            Kind::Sign(b')') => self.parentheses = self.parentheses.saturating_sub(1),
            Kind::Word if self.parentheses == 0 && self.makes_routine() => self.count_block(text),
            _ => {}
        }
        if self.words.len() < TELLING {
            self.words.push(if kind == Kind::Word { text } else { "" });
        }
    }

    fn makes_routine(&self) -> bool {
        let routine = if self.is(1, &["or"]) && self.is(2, &["replace"]) { 3 } else { 1 };
        self.is(0, &["create"]) && self.is(routine, &["function", "procedure"])
    }

    /// Whether the word at a position is one of those.
    fn is(&self, position: usize, expected: &[&str]) -> bool {
        let word = self.words.get(position).copied().unwrap_or_default();
        expected.iter().any(|expected| word.eq_ignore_ascii_case(expected))
    }

    fn count_block(&mut self, word: &str) {
        let is = |expected: &str| word.eq_ignore_ascii_case(expected);
        if is("begin") || is("case") && self.blocks > 0 {
            self.blocks += 1;
        } else if is("end") {
            self.blocks = self.blocks.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_or_ends_a_transaction_is_seen_behind_comments_and_other_statements() {
        for sql in [
            "begin",
            ";BEGIN;",
            "/* x */ BEGIN",
            "-- x\nBEGIN",
            "-- x\rstart transaction read only",
            "SELECT 1; /* ; */ BEGIN; SELECT ';COMMIT'",
            "BEGIN; COMMIT AND CHAIN",
            "rollback work and chain",
            "BEGIN; ROLLBACK TO a",
            "BEGIN; COMMIT; BEGIN",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; BEGIN",
            "COMMIT",
            "BEGIN; SELECT 1; END;",
            "BEGIN; COMMIT AND NO CHAIN",
            "abort; SELECT 1",
            "PREPARE TRANSACTION 'x'",
            "BEGIN; SAVEPOINT a; ROLLBACK TRANSACTION TO SAVEPOINT a; RELEASE a; ROLLBACK",
        ] {
            assert!(is_in(sql), "{sql}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_let_pass() {
        for sql in [
            "",
            " ; ; -- BEGIN",
            "SELECT 'a; BEGIN', \"b; BEGIN\", $$; BEGIN $$, $t$; BEGIN $t$",
            "SELECT E'\\'; BEGIN'",
            "SELECT begin FROM commit",
            "SELECT CASE WHEN true THEN 1 END",
            "PREPARE plan AS SELECT 1; EXECUTE plan",
            "COMMIT PREPARED 'x'; ROLLBACK PREPARED 'y'",
            "ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a",
            "SAVEPOINT a; RELEASE a",
            "DO $$ BEGIN RAISE NOTICE 'x'; END $$",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; COMMIT; END",
            "CREATE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; SELECT 1",
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; END)",
        ] {
            assert!(!is_in(sql), "{sql}");
        }
    }
}
