//! Large tables that are read as a whole, again and again.
//!
//! A table without any index was never read by one, so that nothing is asked of its index scans.

use std::collections::BTreeMap;

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use super::sql::{self, Wanted};
use super::statements::{self, Seen};
use crate::plan::last_identifier;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, RowRecord, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "missing_index",
    explains: &["slow_statement", "pool_too_small", "low_cache_hit", "host_cpu", "host_disk"],
    look: Look::Source { kind: "postgres", samplers: &["tables", "table_sizes"], look },
};

/// Fewer scans than this over the run are somebody's report, or what `setup` did last.
const SCANS: f64 = 10.0;

/// A scan that reads fewer rows stops early, as one with a limit does.
const ROWS: f64 = 1_000.0;

/// A statement that returns more than this share of what it reads is not helped by an index.
const RETURNED: f64 = 0.2;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let seen = statements::seen(source);
    source.rows("tables").iter().filter_map(|table| judge(record, source, table, &seen)).collect()
}

fn judge(record: &Record, source: &SourceRecord, table: &RowRecord, seen: &[Seen<'_>]) -> Option<Found> {
    let name = table.name("table");
    let scans = table.counter("sequential_scans");
    let rows = table.counter("rows_read_sequentially") / scans.max(1.0);
    let size = source.rows("table_sizes").iter().find(|row| row.name("table") == name)?;
    let bytes = size.gauges.get("heap_bytes")?.max;
    if scans < SCANS || rows < ROWS || bytes < record.preset.limit(Limit::ScannedTable) {
        return None;
    }
    let readers = readers(source, name, rows, seen);
    let remedy = Remedy::of(&readers);
    let time_us: f64 = remedy.readers.iter().map(|reader| reader.statement.time_us).sum();
    let share = statements::share_of(time_us, seen);
    let found = match remedy.readers.is_empty() {
        // Who reads it is not known, nor what that costs.
        true => Found::new(Severity::Warning, 0.0, format!("table `{name}` is read as a whole, again and again")),
        false => Found::of_share(share, remedy.title(name)),
    };
    let mut found = found
        .beyond("size of the table", bytes, Limit::ScannedTable, record)
        .figure("scans of the whole table", scans, EvidenceUnit::Count)
        .figure("rows read by each", rows, EvidenceUnit::Count);
    if !remedy.readers.is_empty() {
        found =
            found.figure(format!("of the time of all statements is {}", remedy.names()), share, EvidenceUnit::Share);
    }
    let labels = remedy.readers.iter().map(|reader| reader.statement.label);
    Some(found.action(remedy.action(name)).operations(operations::asking(record, &source.name, labels)))
}

/// A statement that reads the table, and what it looks for in it.
struct Reader<'a> {
    statement: &'a Seen<'a>,
    /// The columns of an index that it lacks; none if there is nothing to look up by.
    columns: Option<Vec<String>>,
    /// Whether there is an index that should serve it.
    served: bool,
}

/// The statements that read a table, those first that took the most time.
fn readers<'a>(source: &SourceRecord, table: &str, rows: f64, seen: &'a [Seen<'a>]) -> Vec<Reader<'a>> {
    let bare = last_identifier(table);
    let own = source.rows("indexes").iter().filter(|index| index.name("table") == table);
    let first: Vec<String> = own.filter_map(|index| sql::first_column(index.name("definition"))).collect();
    let reads = |statement: &'a Seen<'a>| -> Option<Reader<'a>> {
        let wanted: Wanted = sql::wanted(statement.query, bare)?;
        let few = statement.rows / statement.calls.max(1.0) < RETURNED * rows;
        let served = first.iter().any(|column| wanted.served_by(column));
        Some(Reader { statement, columns: wanted.index().filter(|_| few), served })
    };
    seen.iter().filter_map(reads).collect()
}

/// What would help, and whom.
struct Remedy<'a> {
    readers: Vec<&'a Reader<'a>>,
    columns: Option<Vec<String>>,
}

impl<'a> Remedy<'a> {
    /// The index that would help most; without one, what there is to look at.
    fn of(readers: &'a [Reader<'a>]) -> Self {
        let mut by_columns: BTreeMap<&[String], Vec<&Reader<'_>>> = BTreeMap::new();
        for reader in readers.iter().filter(|reader| !reader.served) {
            if let Some(columns) = &reader.columns {
                by_columns.entry(columns).or_default().push(reader);
            }
        }
        let time_us = |readers: &[&Reader<'_>]| readers.iter().map(|reader| reader.statement.time_us).sum::<f64>();
        match by_columns.into_iter().max_by(|(_, a), (_, b)| time_us(a).total_cmp(&time_us(b))) {
            Some((columns, readers)) => Self { readers, columns: Some(columns.to_vec()) },
            None => Self { readers: readers.iter().filter(|reader| !reader.served).collect(), columns: None },
        }
    }

    fn title(&self, table: &str) -> String {
        match self.columns {
            Some(_) => format!("table `{table}` lacks an index for {}", self.names()),
            None => format!("table `{table}` is read as a whole, again and again"),
        }
    }

    /// The statements; of many, the first.
    fn names(&self) -> String {
        let names: Vec<String> = self.readers.iter().take(3).map(|reader| reader.statement.name()).collect();
        names.join(", ")
    }

    fn action(&self, table: &str) -> String {
        match &self.columns {
            Some(columns) => format!("CREATE INDEX CONCURRENTLY ON {table} ({});", columns.join(", ")),
            None if self.readers.is_empty() => {
                format!("find what reads {table}: look at the plans of the statements that name it")
            }
            None => format!(
                "look at {}: nothing in its text can be looked up in an index; have it ask for less, or keep its result",
                self.names()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    const FIND: &str = "SELECT id FROM orders WHERE customer_id = $1";

    fn record(scans: f64, bytes: f64, query: &str, indexed: &str) -> Record {
        record_of("public.orders", scans, bytes, query, indexed)
    }

    fn record_of(name: &str, scans: f64, bytes: f64, query: &str, indexed: &str) -> Record {
        let mut record = made::record();
        let table = [("table", name)];
        let read = [("sequential_scans", scans), ("rows_read_sequentially", scans * 100_000.0)];
        made::tell(&mut record, "tables", made::rows(vec![made::row(&table, &read, &[])]));
        made::tell(&mut record, "table_sizes", made::rows(vec![made::row(&table, &[], &[("heap_bytes", bytes)])]));
        let definition = format!("CREATE INDEX i ON {name} USING btree ({indexed})");
        let index = made::row(&[("table", name), ("definition", &definition)], &[], &[]);
        made::tell(&mut record, "indexes", made::rows(vec![index]));
        let statements = vec![
            made::statement("find", query, 100.0, 900_000.0),
            made::statement("other", "SELECT 1", 100.0, 100_000.0),
        ];
        made::tell(&mut record, "statements", made::rows(statements));
        record
    }

    #[test]
    fn the_index_is_read_out_of_the_statement() {
        let [finding] = made::found(&RULE, &record(100.0, 2e7, FIND, "id")).try_into().expect("one finding");
        assert_eq!(finding.title, "table `public.orders` lacks an index for `find`");
        assert_eq!(finding.action, "CREATE INDEX CONCURRENTLY ON public.orders (customer_id);");
        assert_eq!((finding.score, finding.operations.as_slice()), (0.9, &["op".to_owned()][..]));
    }

    #[test]
    fn names_that_need_quotes_have_them() {
        let (table, find) =
            ("shop.\"Order.s\"", "SELECT 1 FROM \"Order.s\" WHERE \"Customer\" = $1 AND \"group\" = $2");
        let [finding] = made::found(&RULE, &record_of(table, 100.0, 2e7, find, "id")).try_into().expect("one finding");
        assert_eq!(finding.action, "CREATE INDEX CONCURRENTLY ON shop.\"Order.s\" (\"Customer\", \"group\");");
        let [finding] =
            made::found(&RULE, &record_of(table, 100.0, 2e7, find, "\"Customer\"")).try_into().expect("one finding");
        assert!(!finding.action.contains("CREATE INDEX"), "there is one: {}", finding.action);
    }

    #[test]
    fn a_statement_that_looks_nothing_up_is_named_all_the_same() {
        let sum = "SELECT sum(total) FROM orders WHERE note <> $1";
        let [finding] = made::found(&RULE, &record(100.0, 2e7, sum, "id")).try_into().expect("one finding");
        assert!(finding.action.starts_with("look at `find`"), "{}", finding.action);
    }

    #[test]
    fn no_index_is_proposed_that_there_is() {
        let [finding] = made::found(&RULE, &record(100.0, 2e7, FIND, "customer_id")).try_into().expect("one finding");
        assert!(finding.action.starts_with("find what reads public.orders"), "{}", finding.action);
    }

    #[test]
    fn small_tables_and_rare_scans_are_fine() {
        assert!(made::found(&RULE, &record(100.0, 9e6, FIND, "id")).is_empty());
        assert!(made::found(&RULE, &record(9.0, 2e7, FIND, "id")).is_empty());
    }
}
