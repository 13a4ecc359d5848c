//! Tables that a plan reads from end to end to find little: what an index would save.

use crate::plan::first_identifier;
use crate::record::{PlanNode, PlanRecord};

/// Rows that must have been read in vain. Fewer are read faster than an index is.
const LEAST_ROWS: f64 = 1_000.0;

/// For each row that was found so many were read in vain, at least.
const IN_VAIN: f64 = 9.0;

/// Where nothing was run, what a scan with a filter must be taken to cost: a thousand blocks of 8 kB read in turn.
const LEAST_COST: f64 = 1_000.0;

/// A table that is read from end to end.
#[derive(Debug, Clone, PartialEq)]
pub struct WastefulScan {
    /// The table, as SQL has it.
    pub table: String,
    /// Rows read and left out, of all times, if the statement was run.
    pub removed: Option<f64>,
    /// Rows found: of all times, or those expected.
    pub found: f64,
    /// What the rows had to be.
    pub filter: String,
    /// The columns that the filter compares, in its order.
    pub columns: Vec<String>,
}

impl WastefulScan {
    /// The index to try, if the filter names columns.
    pub fn index(&self) -> Option<String> {
        let table = &self.table;
        (!self.columns.is_empty()).then(|| format!("CREATE INDEX ON {table} ({});", self.columns.join(", ")))
    }
}

/// The scans of a plan that read much to find little.
pub fn wasteful_scans(plan: &PlanRecord) -> Vec<WastefulScan> {
    plan.scans().into_iter().filter_map(wasteful).collect()
}

fn wasteful(scan: &PlanNode) -> Option<WastefulScan> {
    let filter = scan.conditions.iter().find(|condition| condition.kind == "Filter")?.text.clone();
    let (removed, found) = match &scan.actual {
        Some(actual) => (Some(actual.rows_removed), actual.rows * actual.loops),
        None => (None, scan.rows),
    };
    let is_wasteful = match removed {
        Some(removed) => removed >= LEAST_ROWS && removed >= IN_VAIN * found,
        None => scan.cost >= LEAST_COST,
    };
    let columns = compared(&filter);
    // Without the name that it has in the statement.
    let table = scan.relation.as_deref().map(|relation| first_identifier(relation).0).unwrap_or_default().to_owned();
    is_wasteful.then_some(WastefulScan { table, removed, found, filter, columns })
}

/// Operators that an index of the usual kind answers.
const COMPARISONS: [&str; 5] = ["=", "<", ">", "<=", ">="];

/// The columns that stand bare on the left of a comparison: `(customer = 7)`, `((name)::text = 'x')`. Those compared for
/// equality come first, as they must in an index. None where there are alternatives, which one index does not answer.
fn compared(filter: &str) -> Vec<String> {
    let (mut equal, mut other) = (Vec::new(), Vec::new());
    let words: Vec<&str> = filter.split(' ').collect();
    if words.contains(&"OR") {
        return Vec::new();
    }
    // A name with spaces in it comes out as no name.
    for pair in words.windows(2).filter(|pair| COMPARISONS.contains(&pair[1])) {
        let bare = pair[0].trim_start_matches('(');
        let name = bare.split_once(")::").map_or(bare, |(name, _)| name);
        let column = name.rsplit('.').next().unwrap_or_default();
        let is_name = !column.is_empty()
            && !column.starts_with(|c: char| c.is_ascii_digit())
            && column.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '"');
        let columns = if pair[1] == "=" { &mut equal } else { &mut other };
        if is_name && !columns.iter().any(|known| known == column) {
            columns.push(column.to_owned());
        }
    }
    other.retain(|column| !equal.contains(column));
    // After one that is compared for order an index tells no more.
    equal.into_iter().chain(other.into_iter().take(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{ActualRecord, Condition};

    fn plan(actual: Option<ActualRecord>, cost: f64) -> PlanRecord {
        let filter = Condition { kind: "Filter".into(), text: "((note = ?::text) AND (id > ?))".into() };
        let scan = PlanNode {
            node: "Parallel Seq Scan".into(),
            relation: Some("\"Bank s\" b".into()),
            conditions: vec![filter],
            cost,
            actual,
            ..PlanNode::default()
        };
        PlanRecord { plan: Some(PlanNode { inputs: vec![scan], ..PlanNode::default() }), ..PlanRecord::default() }
    }

    #[test]
    fn a_scan_that_finds_little_of_much_is_named_with_the_index_to_try() {
        let ran = |rows, rows_removed| Some(ActualRecord { rows, rows_removed, loops: 1.0, ..ActualRecord::default() });
        let scans = wasteful_scans(&plan(ran(3.0, 20_000.0), 5.0));
        assert_eq!(scans[0].index().as_deref(), Some("CREATE INDEX ON \"Bank s\" (note, id);"));
        assert_eq!(wasteful_scans(&plan(None, 5_000.0)).len(), 1);
        for harmless in [plan(ran(3.0, 200.0), 5_000.0), plan(ran(9_000.0, 20_000.0), 5_000.0), plan(None, 50.0)] {
            assert_eq!(wasteful_scans(&harmless), []);
        }
    }

    #[test]
    fn columns_are_taken_only_where_an_index_on_them_helps() {
        for (filter, columns) in [
            ("((name)::text = ?::text)", vec!["name"]),
            ("(lower(mail) = ?::text)", vec![]),
            ("((a > ?) AND (b = ?) AND (c < ?))", vec!["b", "a"]),
            ("((a % ?) = ?)", vec![]),
            ("(NOT deleted)", vec![]),
            ("((a = ?) OR (b = ?))", vec![]),
            ("(t.a = ANY (?::bigint[]))", vec!["a"]),
        ] {
            assert_eq!(compared(filter), columns, "{filter}");
        }
    }
}
