//! The columns of one table that a statement looks rows up by.

use super::condition::{Names, compare, order};
use super::scope::{AFTER_ON, AFTER_WHERE, end, name_of, reads, scope, tables};
use super::tokens::tokens;

/// The columns of one table that a statement looks rows up by.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analysis::findings) struct Wanted {
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

/// What a statement asks of a table, which is named without its schema, in quotes where it must be; none if it does not
/// read it.
pub(in crate::analysis::findings) fn wanted(sql: &str, table: &str) -> Option<Wanted> {
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

#[cfg(test)]
mod tests {
    use super::super::index::first_column;
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
