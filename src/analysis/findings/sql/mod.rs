//! What a statement asks of a table, read out of its text: the columns that an index could serve.
//!
//! Modest on purpose. It knows conjunctions of comparisons, joins and orders, and says nothing about what it does not
//! know; so an index is proposed only where the text shows what for. All names are as `quote_ident` has them.

mod tokens;

use tokens::{is_name, named, tokens};

/// The columns of one table that a statement looks rows up by.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    /// Compared for equality.
    pub equal: Vec<String>,
    /// Compared by order, or ordered by where only the first rows are asked for.
    pub ordered: Vec<String>,
}

impl Wanted {
    /// The columns of an index that would serve it, if one would.
    pub fn index(&self) -> Option<Vec<String>> {
        let mut columns = self.equal.clone();
        columns.extend(self.ordered.iter().filter(|column| !self.equal.contains(column)).cloned());
        (!columns.is_empty()).then_some(columns)
    }

    /// Whether an index that begins with this column serves it.
    pub fn served_by(&self, first: &str) -> bool {
        match self.equal.is_empty() {
            false => self.equal.iter().any(|column| column == first),
            true => self.ordered.first().is_some_and(|column| column == first),
        }
    }
}

/// Words that end the condition before them.
const AFTER_WHERE: [&str; 12] = [
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
const AFTER_ON: [&str; 8] = ["join", "left", "right", "inner", "full", "cross", "where", "natural"];

/// Words that follow a table and are not its alias.
const NO_ALIAS: [&str; 5] = ["set", "on", "using", "tablesample", "values"];

/// Functions of one column of which an index can be made.
const INDEXED: [&str; 2] = ["lower", "upper"];

/// What a statement asks of a table, which is named without its schema, in quotes where it must be; none if it does not
/// read it.
pub(super) fn wanted(sql: &str, table: &str) -> Option<Wanted> {
    let tokens = tokens(sql);
    let at = reads(&tokens, table)?;
    let scope = scope(&tokens, at);
    let here: Vec<&str> = scope.iter().map(|(token, _)| token.as_str()).collect();
    let names = Names { own: name_of(&tokens, at, table), alone: tables(&scope) == 1 };
    let mut wanted = Wanted::default();
    for (position, (token, depth)) in scope.iter().enumerate() {
        let ends: Vec<&str> = match token.as_str() {
            _ if *depth > 0 => continue,
            "where" => AFTER_WHERE.to_vec(),
            "on" => [&AFTER_WHERE[..], &AFTER_ON[..]].concat(),
            _ => continue,
        };
        let until = end(&scope, position + 1, &ends);
        compare(&here[position + 1..until], &names, &mut wanted);
    }
    if wanted.ordered.is_empty() && scope.iter().any(|(token, depth)| *depth == 0 && token == "limit") {
        wanted.ordered = order(&scope, &names);
    }
    wanted.ordered.truncate(1);
    Some(wanted)
}

/// The first column of an index, as `pg_get_indexdef` writes the index; none of one that holds only some rows.
pub(super) fn first_column(definition: &str) -> Option<String> {
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

/// How columns of the table are called in a statement.
struct Names {
    /// The name or alias in front of the point.
    own: String,
    /// Whether there is no other table that a column without a point could belong to.
    alone: bool,
}

/// Where a statement reads a table: the place of its name.
fn reads(tokens: &[String], table: &str) -> Option<usize> {
    (0..tokens.len()).find(|&at| {
        let before = |back: usize| at.checked_sub(back).map_or("", |place| &*tokens[place]);
        let leader = if before(1) == "." { before(3) } else { before(1) };
        named(&tokens[at]) == table && ["from", "join", "update", "only", ","].contains(&leader)
    })
}

/// What the table is called in the rest of the statement.
fn name_of(tokens: &[String], at: usize, table: &str) -> String {
    let next = |ahead: usize| tokens.get(at + ahead).map_or("", String::as_str);
    let (alias, plain) = if next(1) == "as" { (next(2), false) } else { (next(1), true) };
    let ends = AFTER_WHERE.iter().chain(&AFTER_ON).chain(&NO_ALIAS).any(|word| *word == alias);
    if is_name(alias) && !(plain && ends) { named(alias) } else { table.to_owned() }
}

/// The tokens of the query that reads the table, with how deep in brackets each is within it.
fn scope(tokens: &[String], at: usize) -> Vec<(String, i32)> {
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
fn tables(scope: &[(String, i32)]) -> usize {
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
fn end(scope: &[(String, i32)], from: usize, ends: &[&str]) -> usize {
    let ahead = scope[from..].iter().position(|(token, depth)| *depth == 0 && ends.contains(&token.as_str()));
    ahead.map_or(scope.len(), |ahead| from + ahead)
}

/// Adds what a condition compares.
fn compare(condition: &[&str], names: &Names, wanted: &mut Wanted) {
    let parts = conjuncts(condition);
    // An alternative can be met by rows that this one is not met by.
    let Some(parts) = parts else { return };
    for part in parts {
        if let ["(", inner @ .., ")"] = part
            && balanced(inner)
        {
            compare(inner, names, wanted);
            continue;
        }
        let Some(sign) = part.iter().position(|token| ["=", "<", ">", "<=", ">=", "in", "between"].contains(token))
        else {
            continue;
        };
        let (left, right) = (&part[..sign], &part[sign + 1..]);
        let column = column(left, names).or_else(|| column(right, names).filter(|_| part[sign] != "in"));
        match (column, part[sign]) {
            (Some(column), "=" | "in") if !wanted.equal.contains(&column) => wanted.equal.push(column),
            (Some(column), "<" | ">" | "<=" | ">=" | "between") if !wanted.ordered.contains(&column) => {
                wanted.ordered.push(column);
            }
            _ => {}
        }
    }
}

/// A condition's parts that must all be met; none if they are alternatives.
fn conjuncts<'a, 'b>(condition: &'a [&'b str]) -> Option<Vec<&'a [&'b str]>> {
    let (mut depth, mut start, mut between) = (0, 0, false);
    let mut parts = Vec::new();
    for (at, token) in condition.iter().enumerate() {
        match *token {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ if depth > 0 => {}
            "or" => return None,
            "between" => between = true,
            "and" if between => between = false,
            "and" => {
                parts.push(&condition[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&condition[start..]);
    Some(parts)
}

/// Whether brackets that are opened are closed again and none that were not.
fn balanced(tokens: &[&str]) -> bool {
    let mut depth = 0;
    for token in tokens {
        depth += i32::from(*token == "(") - i32::from(*token == ")");
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The column of the table that one side of a comparison is, if it is no more than that.
fn column(side: &[&str], names: &Names) -> Option<String> {
    match side {
        [function, "(", inner @ .., ")"] if INDEXED.contains(function) => {
            Some(format!("{function}({})", column(inner, names)?))
        }
        [owner, ".", column] if named(owner) == names.own && is_name(column) => Some(named(column)),
        [column] if names.alone && is_name(column) && !["true", "false", "null", "default"].contains(column) => {
            Some(named(column))
        }
        _ => None,
    }
}

/// The columns of the table that a query is ordered by.
fn order(scope: &[(String, i32)], names: &Names) -> Vec<String> {
    let Some(at) = scope.windows(2).position(|pair| pair[0].1 == 0 && pair[0].0 == "order" && pair[1].0 == "by") else {
        return Vec::new();
    };
    let until = end(scope, at + 2, &["limit", "offset", "fetch", "for", ","]);
    let first: Vec<&str> = scope[at + 2..until].iter().map(|(token, _)| token.as_str()).collect();
    let first = first.strip_suffix(&["desc"]).or_else(|| first.strip_suffix(&["asc"])).unwrap_or(&first);
    column(first, names).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(sql: &str, table: &str) -> String {
        wanted(sql, table).map_or("not read".to_owned(), |wanted| wanted.index().unwrap_or_default().join(", "))
    }

    #[test]
    fn the_columns_of_a_condition_are_found() {
        for (sql, columns) in [
            ("SELECT * FROM orders WHERE customer_id = $1", "customer_id"),
            ("select id from shop.orders o where o.state = 'open' and o.customer_id = $1", "state, customer_id"),
            ("SELECT id FROM orders WHERE made_at > $1 AND state = $2 -- by = day", "state, made_at"),
            ("SELECT id FROM orders WHERE made_at BETWEEN $1 AND $2 AND state = $3", "state, made_at"),
            ("SELECT id FROM orders WHERE lower(mail) = lower($1)", "lower(mail)"),
            ("SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE town = $1)", "customer_id"),
            (
                "SELECT id FROM orders WHERE customer_id = ANY ($1) ORDER BY made_at DESC LIMIT $2",
                "customer_id, made_at",
            ),
            ("SELECT id FROM orders ORDER BY made_at, id LIMIT $1", "made_at"),
            ("UPDATE orders SET state = $1, paid = true WHERE number = $2 RETURNING id", "number"),
            ("DELETE FROM orders WHERE (number = $1)", "number"),
            (
                "SELECT c.name FROM customers c JOIN orders AS o ON o.customer_id = c.id WHERE c.town = $1",
                "customer_id",
            ),
            (
                "SELECT 1 FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
                "customer_id",
            ),
            ("SELECT count(*) FROM \"orders\" WHERE \"Note\" = 'where x = 1'", "\"Note\""),
            ("SELECT id FROM orders o WHERE o.\"order\" = $1 AND o.timestamp > $2", "\"order\", \"timestamp\""),
            ("SELECT id FROM orders WHERE \"a \"\"b\"\"\" = $1", "\"a \"\"b\"\"\""),
        ] {
            assert_eq!(index(sql, "orders"), columns, "{sql}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        for sql in [
            "SELECT sum(total) FROM orders WHERE note <> 'x'",
            "SELECT id FROM orders WHERE a = $1 OR b = $2",
            "SELECT id FROM orders WHERE a::text = $1",
            "SELECT id FROM orders WHERE note LIKE $1",
            "SELECT id FROM orders, customers WHERE a = $1",
            "SELECT id FROM orders WHERE a + 1 = $1",
            "SELECT id FROM orders",
        ] {
            assert_eq!(index(sql, "orders"), "", "{sql}");
        }
        for sql in ["INSERT INTO orders VALUES ($1)", "SELECT orders FROM customers", "", "("] {
            assert_eq!(index(sql, "orders"), "not read", "{sql}");
        }
    }

    #[test]
    fn an_index_is_known_by_its_first_column() {
        for (definition, first) in [
            ("CREATE UNIQUE INDEX a ON public.orders USING btree (id)", Some("id")),
            ("CREATE INDEX a ON public.orders USING btree (state DESC, id)", Some("state")),
            ("CREATE INDEX a ON public.orders USING btree (lower((mail)::text), id)", Some("lower(mail)")),
            ("CREATE INDEX a ON public.orders USING btree (\"Note\")", Some("\"Note\"")),
            ("CREATE INDEX a ON public.orders USING btree (id) WHERE (state = 1)", None),
            ("CREATE INDEX a ON public.orders USING btree (((a + b)))", None),
            ("", None),
        ] {
            assert_eq!(first_column(definition).as_deref(), first, "{definition}");
        }
    }

    #[test]
    fn an_index_serves_what_it_begins_with() {
        let by = |sql| wanted(sql, "t").expect("it reads the table");
        assert!(by("SELECT 1 FROM t WHERE a = $1 AND b = $2").served_by("b"));
        assert!(!by("SELECT 1 FROM t WHERE a = $1 AND b > $2").served_by("b"));
        assert!(by("SELECT 1 FROM t WHERE b > $2").served_by("b"));
        assert!(!by("SELECT 1 FROM t WHERE x <> 1").served_by("b"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(sql in "[a-zA-Z0-9 '\"$()=<>,.;*?é|:-]{0,80}", table in "[a-c]") {
            let _ = wanted(&sql, &table);
            let _ = wanted(&format!("SELECT x FROM {table} {sql}"), &table);
            let _ = first_column(&sql);
        }
    }
}
