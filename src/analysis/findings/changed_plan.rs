//! Statements whose plan became another one while the run went on.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, IntervalRecord, PlanChange, PlanNode, PlanRecord, Record, Severity};

pub(super) static RULE: Rule = Rule {
    id: "changed_plan",
    explains: &["slow_statement", "missing_index", "temp_spill", "pool_too_small", "drift"],
    look: Look::Plans(look),
};

/// The beginning and the end of a run are one part each of so many.
const PARTS: usize = 3;

fn look(record: &Record) -> Vec<Found> {
    record.plans.iter().filter_map(|plan| Some(judge(record, plan, plan.change.as_ref()?))).collect()
}

fn judge(record: &Record, plan: &PlanRecord, change: &PlanChange) -> Found {
    let title = format!("the plan of `{}` changed during the run", plan.label);
    let found = match course(record, plan) {
        Some((first_us, last_us)) => {
            // What the statement takes longer now, as a part of the time of all statements.
            let gained = 1.0 - first_us / last_us.max(f64::MIN_POSITIVE);
            Found::of_share(gained.max(0.0) * share(record, plan), title)
                .figure("its mean time in the first third of the run", first_us, EvidenceUnit::Us)
                .figure("in the last", last_us, EvidenceUnit::Us)
        }
        None => Found::new(Severity::Warning, 0.0, title),
    };
    found
        .said(format!("at {:.1} s: {}", change.from_s, change.from.shape()))
        .said(format!("at {:.1} s: {}", change.to_s, change.to.shape()))
        .action(action(change))
        .operations(operations::asking(record, &plan.target, [plan.label.as_str()]))
}

/// The mean time of a statement at the beginning and at the end of the measured part; none of one that was too short.
fn course(record: &Record, plan: &PlanRecord) -> Option<(f64, f64)> {
    let measured: Vec<_> = record.measured_intervals().collect();
    let part = (measured.len() / PARTS).max(1);
    let (first, last) = (measured.get(..part)?, measured.get(measured.len().checked_sub(part)?..)?);
    Some((mean_us(first, plan)?, mean_us(last, plan)?)).filter(|_| measured.len() > 1)
}

fn mean_us(intervals: &[&IntervalRecord], plan: &PlanRecord) -> Option<f64> {
    let own = |interval: &&&IntervalRecord| {
        let mut all = interval.statements.iter();
        let own = all.find(|statement| statement.target == plan.target && statement.label == plan.label)?;
        let calls = (own.succeeded + own.failed) as f64;
        Some((own.time_us.mean * calls, calls))
    };
    let (us, calls) = intervals
        .iter()
        .filter_map(|interval| own(&interval))
        .fold((0.0, 0.0), |(us, calls), more| (us + more.0, calls + more.1));
    (calls > 0.0).then(|| us / calls)
}

/// The part that a statement has of the time that users waited for statements.
fn share(record: &Record, plan: &PlanRecord) -> f64 {
    let mut all_us = 0.0;
    let mut own_us = 0.0;
    for statement in &record.statements {
        let us = statement.time_us.mean * (statement.succeeded + statement.failed) as f64;
        all_us += us;
        if statement.target == plan.target && statement.label == plan.label {
            own_us += us;
        }
    }
    own_us / f64::max(all_us, f64::MIN_POSITIVE)
}

fn action(change: &PlanChange) -> String {
    let indexes = |plan: &PlanNode| -> Vec<String> {
        plan.steps().into_iter().filter_map(|(_, node)| node.index.clone()).collect()
    };
    let now = indexes(&change.to);
    let mut gone: Vec<String> = indexes(&change.from)
        .into_iter()
        .filter(|index| !now.contains(index))
        .map(|index| format!("`{index}`"))
        .collect();
    gone.dedup();
    match gone.as_slice() {
        [] => "ANALYZE its tables at the end of `setup`, so that the whole run is played with one plan".to_owned(),
        gone => format!(
            "find out what became of {}: dropped, or passed over since statistics changed; make it again, or ANALYZE its \
             table",
            gone.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::{Collector, ExplainRecord, Finish, IntervalInput, MAIN, PhaseRecord};
    use crate::stats::Recorder;
    use std::sync::Arc;
    use std::time::Duration;

    /// Six seconds of `find`, which takes so many µs in each.
    fn record(times_us: [u64; 6], change: bool) -> Record {
        let (mut collector, mut recorder) = (Collector::default(), Recorder::default());
        for (second, time_us) in (0..).zip(times_us) {
            for _ in 0..10 {
                recorder.statement("postgres", &Arc::from("find"), time_us, 1, true);
            }
            collector.add(&IntervalInput {
                start: Duration::from_secs(second),
                length: Duration::from_secs(1),
                phase: MAIN,
                figures: &recorder.swap(1),
                pools: &[],
                cpu_percent: 0.0,
            });
        }
        let phases = vec![PhaseRecord::new(MAIN, 0.0, 6.0)];
        let mut record = collector.finish(Finish { phases, ..Finish::default() });
        record.operations = vec![made::operation("op", &["find"])];
        let scan = PlanNode { node: "Seq Scan".into(), relation: Some("orders".into()), ..PlanNode::default() };
        let index = PlanNode { node: "Index Scan".into(), index: Some("by_day".into()), ..scan.clone() };
        let change = change.then_some(PlanChange { from_s: 1.0, from: index, to_s: 6.0, to: scan });
        let (target, label) = ("postgres".to_owned(), "find".to_owned());
        record.plans = vec![PlanRecord { target, label, change, ..PlanRecord::default() }];
        record.explain = Some(ExplainRecord::default());
        record
    }

    #[test]
    fn a_statement_that_lost_its_index_is_as_severe_as_the_time_it_costs() {
        let [finding] = made::found(&RULE, &record([100, 100, 900, 900, 900, 900], true)).try_into().expect("one");
        assert_eq!(
            (finding.severity, finding.title.as_str()),
            (Severity::Critical, "the plan of `find` changed during the run")
        );
        assert!(finding.action.contains("`by_day`") && finding.operations == ["op"], "{finding:?}");
        let said: Vec<_> = finding.evidence.iter().map(|evidence| evidence.label.as_str()).collect();
        assert_eq!(&said[2..], ["at 1.0 s: Index Scan using by_day on orders", "at 6.0 s: Seq Scan on orders"]);
    }

    #[test]
    fn a_change_that_made_nothing_slower_is_a_note_and_no_change_is_nothing() {
        let [finding] = made::found(&RULE, &record([900, 900, 100, 100, 100, 100], true)).try_into().expect("one");
        assert_eq!(finding.severity, Severity::Note);
        assert!(made::found(&RULE, &record([100; 6], false)).is_empty());
    }

    #[test]
    fn it_looks_where_plans_were_asked_for_if_none_was_taken_or_not() {
        let mut record = made::record();
        assert!(RULE.apply(&record).is_none());
        record.explain = Some(ExplainRecord::default());
        assert!(made::found(&RULE, &record).is_empty());
    }
}
