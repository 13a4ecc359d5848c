//! How the server carries out statements, those first that took the most time altogether.

use super::{Block, Cell, Column, Note, Section, Table, Tone};
use crate::analysis::wasteful_scans;
use crate::record::{Condition, PlanNode, PlanRecord, Record, StatementRecord};
use crate::report::human;

/// Plans shown; the record has them all.
const SHOWN: usize = 8;

/// Longest condition shown, in characters.
const LONGEST: usize = 120;

/// Stands before a step, as often as it is deep.
const DEEPER: &str = "→ ";

pub(super) fn section(record: &Record) -> Option<Section> {
    let left_out = record.explain.map_or(0, |explain| explain.left_out);
    if record.plans.is_empty() && left_out == 0 {
        return None;
    }
    let mut plans: Vec<(&PlanRecord, Option<&StatementRecord>)> =
        record.plans.iter().map(|plan| (plan, statement(record, plan))).collect();
    plans.sort_by(|(_, a), (_, b)| spent_us(*b).total_cmp(&spent_us(*a)));
    let mut blocks: Vec<Block> =
        plans.iter().take(SHOWN).flat_map(|(plan, statement)| blocks(plan, *statement)).collect();
    if plans.len() > SHOWN {
        let text = format!("{} further plans are in the record", plans.len() - SHOWN);
        blocks.push(Block::Notes(vec![Note::new(Tone::Plain, text)]));
    }
    if left_out > 0 {
        let statements = human::things(left_out, "statement");
        let text = format!("of {statements} more no plan was taken: there was no room or no time for it");
        blocks.push(Block::Notes(vec![Note::new(Tone::Doubtful, text)]));
    }
    Some(Section::new("Plans", blocks))
}

fn statement<'a>(record: &'a Record, plan: &PlanRecord) -> Option<&'a StatementRecord> {
    record.statements.iter().find(|statement| statement.target == plan.target && statement.label == plan.label)
}

fn spent_us(statement: Option<&StatementRecord>) -> f64 {
    statement.map_or(0.0, |statement| statement.time_us.mean * (statement.succeeded + statement.failed) as f64)
}

fn blocks(plan: &PlanRecord, statement: Option<&StatementRecord>) -> Vec<Block> {
    let mut blocks = vec![Block::Notes(vec![Note::new(Tone::Strong, heading(plan, statement))])];
    if let Some(root) = &plan.plan {
        let rows = root.steps().into_iter().map(|(depth, node)| row(depth, node)).collect();
        let mut columns = super::model::columns("Step", &["Rows", "Expected", "Cost", "Time"], &["Cost", "Expected"]);
        columns.push(Column::text("Condition"));
        blocks.push(Block::Table(Table { columns, rows }));
    }
    let notes = notes(plan);
    if !notes.is_empty() {
        blocks.push(Block::Notes(notes));
    }
    blocks
}

/// `find_order: 120 calls, 45.2 ms in the mean, the slowest 300 ms`.
fn heading(plan: &PlanRecord, statement: Option<&StatementRecord>) -> String {
    let calls = statement.map(|statement| {
        let calls = human::things(statement.succeeded + statement.failed, "call");
        format!("{calls}, {} in the mean, ", human::time_us(statement.time_us.mean))
    });
    let slowest = human::time_us(plan.slowest_us as f64);
    format!("{}: {}the slowest {slowest}", plan.label, calls.unwrap_or_default())
}

fn row(depth: usize, node: &PlanNode) -> Vec<Cell> {
    let part = node.part.as_ref().map(|part| format!("{part}: ")).unwrap_or_default();
    let (rows, time) = match &node.actual {
        Some(actual) => (human::count((actual.rows * actual.loops).round() as u64), human::time_us(actual.time_us)),
        None => ("–".to_owned(), "–".to_owned()),
    };
    let loops = node.actual.as_ref().map_or(1.0, |actual| actual.loops.max(1.0));
    vec![
        format!("{}{part}{}", DEEPER.repeat(depth), node.title()).into(),
        rows.into(),
        human::count((node.rows * loops).round() as u64).into(),
        human::number(node.cost).into(),
        time.into(),
        condition(node).into(),
    ]
}

fn condition(node: &PlanNode) -> String {
    let shown = |Condition { kind, text }: &Condition| format!("{kind}: {}", human::plain(text, LONGEST));
    let mut all: Vec<String> = node.conditions.iter().map(shown).collect();
    if let Some(actual) = &node.actual {
        if actual.rows_removed > 0.0 {
            all.push(format!("{} rows left out", human::count(actual.rows_removed.round() as u64)));
        }
        all.extend(actual.sort.clone());
    }
    all.join("; ")
}

fn notes(plan: &PlanRecord) -> Vec<Note> {
    let change = plan.change.iter().map(|change| {
        let (from, to) = (change.from.shape(), change.to.shape());
        Note::new(Tone::Bad, format!("its plan changed during the run: {from} became {to}"))
    });
    let scans = wasteful_scans(plan).into_iter().map(|scan| {
        let read = scan.removed.map(|removed| format!("{} rows", human::count((removed + scan.found).round() as u64)));
        let found = if scan.removed.is_some() { "" } else { "some " };
        let try_index = scan.index().map(|index| format!("; try {index}")).unwrap_or_default();
        let text = format!(
            "all of `{}` is read, {}, to find {found}{}{try_index}",
            scan.table,
            read.unwrap_or_else(|| "row by row".to_owned()),
            human::count(scan.found.round() as u64)
        );
        Note::new(Tone::Doubtful, text)
    });
    let note = plan.note.iter().map(|note| Note::new(Tone::Plain, note.as_str()));
    change.chain(scans).chain(note).collect()
}
