//! The part of a statement that reads a table, and what the table is called there.

use super::tokens::{is_name, named};

/// Words that end the condition before them.
pub(super) const AFTER_WHERE: [&str; 12] = [
    "group",
    "order",
    "having",
    "limit",
    "offset",
    "fetch",
    "for",
    "returning",
    "union",
    "intersect",
    "except",
    "window",
];

/// Words that end the condition of a join.
pub(super) const AFTER_ON: [&str; 8] = ["join", "left", "right", "inner", "full", "cross", "where", "natural"];

/// Words that follow a table and are not its alias.
const NO_ALIAS: [&str; 5] = ["set", "on", "using", "tablesample", "values"];

/// Where a statement reads a table: the place of its name.
pub(super) fn reads(tokens: &[String], table: &str) -> Option<usize> {
    (0..tokens.len()).find(|&at| {
        let before = |back: usize| at.checked_sub(back).map_or("", |place| &*tokens[place]);
        let leader = if before(1) == "." { before(3) } else { before(1) };
        named(&tokens[at]) == table && ["from", "join", "update", "only", ","].contains(&leader)
    })
}

/// What the table is called in the rest of the statement.
pub(super) fn name_of(tokens: &[String], at: usize, table: &str) -> String {
    let next = |ahead: usize| tokens.get(at + ahead).map_or("", String::as_str);
    let (alias, plain) = if next(1) == "as" { (next(2), false) } else { (next(1), true) };
    let ends = AFTER_WHERE.iter().chain(&AFTER_ON).chain(&NO_ALIAS).any(|word| *word == alias);
    if is_name(alias) && !(plain && ends) { named(alias) } else { table.to_owned() }
}

/// The tokens of the query that reads the table, with how deep in brackets each is within it.
pub(super) fn scope(tokens: &[String], at: usize) -> Vec<(String, i32)> {
    let change = |token: &String| i32::from(token == "(") - i32::from(token == ")");
    // Back to the bracket that opens the query, and on to the one that closes it.
    let mut depth = 0;
    let opened = tokens[..at].iter().rposition(|token| {
        depth -= change(token);
        depth < 0
    });
    let mut depth = 0;
    let mut scope = Vec::new();
    for token in &tokens[opened.map_or(0, |opened| opened + 1)..] {
        depth += change(token);
        if depth < 0 {
            break;
        }
        // A bracket belongs to what it encloses.
        scope.push((token.clone(), depth + i32::from(token == ")")));
    }
    scope
}

/// How many tables a query reads.
pub(super) fn tables(scope: &[(String, i32)]) -> usize {
    let mut listing = false;
    let mut count = 0;
    for (token, depth) in scope {
        match token.as_str() {
            _ if *depth > 0 => {}
            "from" | "update" => (listing, count) = (true, count + 1),
            "join" => count += 1,
            "," if listing => count += 1,
            word if AFTER_WHERE.contains(&word) || word == "where" || word == "set" => listing = false,
            _ => {}
        }
    }
    count
}

/// Where what begins at `from` ends.
pub(super) fn end(scope: &[(String, i32)], from: usize, ends: &[&str]) -> usize {
    let ahead = scope[from..].iter().position(|(token, depth)| *depth == 0 && ends.contains(&token.as_str()));
    ahead.map_or(scope.len(), |ahead| from + ahead)
}
