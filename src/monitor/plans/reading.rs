//! What `EXPLAIN (FORMAT JSON)` says, as a record has it.

use serde_json::{Map, Value};

use crate::drivers::postgres::without_constants;
use crate::plan::{ShownParams, quote_identifier};
use crate::record::{ActualRecord, Condition, PlanNode};

/// Most steps of a plan that are kept; hundreds of partitions tell no more.
const MOST_STEPS: usize = 200;

/// Longest condition that is kept, in characters.
const LONGEST: usize = 500;

/// Conditions and keys that are kept.
const CONDITIONS: [&str; 13] = [
    "Index Cond",
    "Recheck Cond",
    "TID Cond",
    "Hash Cond",
    "Merge Cond",
    "Join Filter",
    "Filter",
    "One-Time Filter",
    "Order By",
    "Sort Key",
    "Presorted Key",
    "Group Key",
    "Cache Key",
];

/// A plan as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Read {
    pub(super) root: PlanNode,
    /// In µs.
    pub(super) planning_us: Option<f64>,
    /// In µs.
    pub(super) execution_us: Option<f64>,
}

/// Reads a plan; none if it is none.
pub(super) fn read(text: &str, shown: ShownParams) -> Option<Read> {
    let value: Value = serde_json::from_str(text).ok()?;
    let explained = value.as_array()?.first()?;
    let mut reader = Reader { shown, left: MOST_STEPS };
    let root = reader.node(explained.get("Plan")?.as_object()?)?;
    let us = |name| explained.get(name).and_then(Value::as_f64).map(|ms| ms * 1e3);
    Some(Read { root, planning_us: us("Planning Time"), execution_us: us("Execution Time") })
}

struct Reader {
    shown: ShownParams,
    /// Steps for which there is room.
    left: usize,
}

impl Reader {
    fn node(&mut self, fields: &Map<String, Value>) -> Option<PlanNode> {
        self.left = self.left.checked_sub(1)?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let inputs = fields.get("Plans").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        let relation =
            ["Relation Name", "CTE Name", "Function Name", "Tuplestore Name"].iter().find_map(|name| text(name));
        Some(PlanNode {
            node: title(fields),
            part: text("Subplan Name"),
            relation: relation.map(|relation| aliased(relation, text("Alias"))),
            index: text("Index Name").map(|index| quote_identifier(&index)),
            conditions: self.conditions(fields),
            cost: number(fields, "Total Cost"),
            rows: number(fields, "Plan Rows"),
            actual: fields.get("Actual Loops").and_then(Value::as_f64).map(|loops| actual(fields, loops)),
            inputs: inputs.filter_map(|input| self.node(input)).collect(),
        })
    }

    fn conditions(&self, fields: &Map<String, Value>) -> Vec<Condition> {
        let condition = |kind: &&str| {
            let text = match fields.get(*kind)? {
                Value::String(text) => text.clone(),
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
                _ => return None,
            };
            let text = if self.shown == ShownParams::Values { text } else { without_constants(&text) };
            Some(Condition { kind: (*kind).to_owned(), text: text.chars().take(LONGEST).collect() })
        };
        CONDITIONS.iter().filter_map(condition).collect()
    }
}

/// What a step is called, as PostgreSQL's own text form has it (`src/backend/commands/explain.c`).
fn title(fields: &Map<String, Value>) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let node = match (text("Node Type"), text("Strategy"), text("Operation"), text("Join Type")) {
        ("ModifyTable", _, operation, _) if !operation.is_empty() => operation.to_owned(),
        ("Aggregate", "Sorted", ..) => "GroupAggregate".to_owned(),
        ("Aggregate", "Hashed", ..) => "HashAggregate".to_owned(),
        ("Aggregate", "Mixed", ..) => "MixedAggregate".to_owned(),
        (node, .., "" | "Inner") => node.to_owned(),
        ("Nested Loop", .., join) => format!("Nested Loop {join} Join"),
        (node, .., join) => format!("{} {join} Join", node.trim_end_matches(" Join")),
    };
    let parallel = fields.get("Parallel Aware").and_then(Value::as_bool) == Some(true);
    let backward = if text("Scan Direction") == "Backward" { " Backward" } else { "" };
    format!("{}{node}{backward}", if parallel { "Parallel " } else { "" })
}

/// A table with the name that it has in the statement, if that is another; as in the text form in quotes where need be.
fn aliased(relation: String, alias: Option<String>) -> String {
    let name = quote_identifier(&relation);
    match alias.filter(|alias| *alias != relation) {
        Some(alias) => format!("{name} {}", quote_identifier(&alias)),
        None => name,
    }
}

/// Blocks, of which a server that does not count them says nothing.
fn count(fields: &Map<String, Value>, name: &str) -> u64 {
    fields.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn number(fields: &Map<String, Value>, name: &str) -> f64 {
    fields.get(name).and_then(Value::as_f64).unwrap_or(0.0)
}

fn actual(fields: &Map<String, Value>, loops: f64) -> ActualRecord {
    let removed = ["Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck"];
    let sort = fields.get("Sort Method").and_then(Value::as_str).map(|method| {
        let kilobytes = human_thousands(count(fields, "Sort Space Used"));
        match fields.get("Sort Space Type").and_then(Value::as_str) {
            Some("Disk") => format!("{method}, {kilobytes} kB on disk"),
            _ => format!("{method}, {kilobytes} kB in memory"),
        }
    });
    ActualRecord {
        rows: number(fields, "Actual Rows"),
        loops,
        time_us: number(fields, "Actual Total Time") * 1e3 * loops,
        rows_removed: removed.iter().map(|name| number(fields, name)).sum::<f64>() * loops,
        blocks_hit: count(fields, "Shared Hit Blocks"),
        blocks_read: count(fields, "Shared Read Blocks"),
        temp_blocks: count(fields, "Temp Read Blocks") + count(fields, "Temp Written Blocks"),
        sort,
    }
}

/// `12,345`.
fn human_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"[{"Plan": {"Node Type": "Aggregate", "Strategy": "Hashed", "Total Cost": 7.5, "Plan Rows": 2,
        "Actual Rows": 2, "Actual Loops": 1, "Actual Total Time": 1.5, "Group Key": ["b.city", "b.age"],
        "Plans": [
            {"Node Type": "Hash Join", "Join Type": "Left", "Hash Cond": "(a.id = b.id)", "Plans": [
                {"Node Type": "Seq Scan", "Relation Name": "bank", "Alias": "b", "Parallel Aware": true,
                 "Filter": "(note = 'secret'::text)", "Rows Removed by Filter": 10, "Actual Loops": 3,
                 "Actual Rows": 1, "Actual Total Time": 2.0, "Shared Hit Blocks": 4}
            ]},
            {"Node Type": "Sort", "Sort Key": ["x"], "Sort Method": "external merge", "Sort Space Used": 4096,
             "Sort Space Type": "Disk", "Actual Loops": 1, "Subplan Name": "InitPlan 1"}
        ]}, "Planning Time": 0.25, "Execution Time": 3.5}]"#;

    #[test]
    fn a_plan_is_read_as_the_server_would_show_it_without_constants() {
        let read = read(PLAN, ShownParams::Types).expect("a plan");
        assert_eq!((read.planning_us, read.execution_us), (Some(250.0), Some(3500.0)));
        assert_eq!(read.root.shape(), "HashAggregate (Hash Left Join (Parallel Seq Scan on bank b), Sort)");
        let steps = read.root.steps();
        let scan = steps[2].1;
        assert_eq!(scan.conditions[0].text, "(note = ?::text)");
        let actual = scan.actual.as_ref().expect("it was run");
        assert_eq!((actual.rows_removed, actual.time_us, actual.blocks_hit), (30.0, 6000.0, 4));
        let sort = steps[3].1;
        assert_eq!(sort.part.as_deref(), Some("InitPlan 1"));
        let sorted = sort.actual.as_ref().and_then(|actual| actual.sort.as_deref());
        assert_eq!(sorted, Some("external merge, 4,096 kB on disk"));
        assert_eq!(steps[0].1.conditions[0].text, "b.city, b.age");
    }

    #[test]
    fn values_are_kept_if_asked_for_and_a_plan_of_many_steps_is_cut_off() {
        let read = read(PLAN, ShownParams::Values).expect("a plan");
        assert!(read.root.steps()[2].1.conditions[0].text.contains("'secret'"));
        let scans = vec![r#"{"Node Type": "Seq Scan"}"#; 500].join(",");
        let wide = format!(r#"[{{"Plan": {{"Node Type": "Append", "Plans": [{scans}]}}}}]"#);
        let read = super::read(&wide, ShownParams::Types).expect("a plan");
        assert_eq!(read.root.steps().len(), MOST_STEPS);
        assert_eq!(super::read("[]", ShownParams::Types), None);
    }
}
