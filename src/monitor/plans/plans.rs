//! When plans are taken, and of what.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::explainer::Explainer;
use super::reading::Read;
use crate::drivers::postgres::{Exemplar, has_plan};
use crate::plan::{Explained, Explaining, Plan, ShownParams};
use crate::record::{ExplainRecord, PlanChange, PlanNode, PlanRecord};

/// How long the end of a run may be held up.
const FINISH_LIMIT: Duration = Duration::from_secs(20);

/// Most plans in a record.
const MOST: usize = 40;

/// So much is shown of a parameter's value.
const SHOWN: usize = 200;

/// The plans of a run's statements, as they are taken.
pub struct Plans(Option<Taking>);

/// Plans being taken.
struct Taking {
    explain: Explaining,
    tell: mpsc::UnboundedSender<Told>,
    task: JoinHandle<(Vec<PlanRecord>, u64)>,
    /// Statements whose plan is wanted, by target and label.
    wanted: RefCell<HashSet<(String, String)>>,
}

/// An execution, and when it was told of, in seconds of the run's clock.
type Seen = (f64, Exemplar);

/// What the taker is told.
enum Told {
    /// An execution was seen.
    Seen(Seen),
    /// The load ended, in seconds of the run's clock.
    Ended(f64),
}

impl Plans {
    /// Gets ready to take plans, on a connection of its own to each PostgreSQL; does nothing if none are wanted. To be
    /// called within a `LocalSet`.
    pub async fn open(plan: &Plan) -> Self {
        if !plan.explain.is_on() || plan.targets.postgres.is_empty() {
            return Self(None);
        }
        let mut targets = BTreeMap::new();
        for (name, target) in &plan.targets.postgres {
            targets.insert(name.clone(), Explainer::open(target, &plan.limits, plan.explain.params).await);
        }
        let taker = Taker { explain: plan.explain, targets, statements: BTreeMap::new(), ended_s: 0.0 };
        let (tell, told) = mpsc::unbounded_channel();
        let task = tokio::task::spawn_local(taker.run(told));
        Self(Some(Taking { explain: plan.explain, tell, task, wanted: RefCell::default() }))
    }

    /// Tells of executions that were slower than any before of their statement, `at` on the run's clock.
    pub fn note(&self, at: Duration, exemplars: Vec<Exemplar>) {
        let Some(Taking { explain, tell, wanted, .. }) = &self.0 else { return };
        for exemplar in exemplars {
            if explain.wants(Duration::from_micros(exemplar.time_us)) {
                wanted.borrow_mut().insert((exemplar.target.clone(), exemplar.label.to_string()));
            }
            // One that is gone takes no plans.
            let _ = tell.send(Told::Seen((seconds(at), exemplar)));
        }
    }

    /// Takes the plans that are wanted of a load that ended at `at`, and says which were asked for, if any.
    pub async fn finish(self, at: Duration) -> (Vec<PlanRecord>, Option<ExplainRecord>) {
        let Some(Taking { explain, tell, task, wanted }) = self.0 else { return Default::default() };
        let _ = tell.send(Told::Ended(seconds(at)));
        // It looks at the time itself; this is for a server that does not answer at all.
        let taken = tokio::time::timeout(2 * FINISH_LIMIT, task).await.ok().and_then(Result::ok);
        let (records, left_out) = taken.unwrap_or_else(|| (Vec::new(), wanted.borrow().len() as u64));
        let over_us = if explain.which == Explained::All { 0 } else { explain.over.as_micros() as u64 };
        (records, Some(ExplainRecord { over_us, left_out }))
    }
}

/// Takes plans, one after the other.
struct Taker {
    explain: Explaining,
    targets: BTreeMap<String, Explainer>,
    statements: BTreeMap<(String, String), Statement>,
    /// When the load ended.
    ended_s: f64,
}

/// A statement that was seen.
struct Statement {
    /// The execution whose plan was taken first, and when.
    first: Seen,
    /// That plan.
    early: Option<PlanNode>,
    slowest: Exemplar,
}

impl Taker {
    /// Takes plans until the load has ended; returns them, and of how many statements there was none for want of room or time.
    async fn run(mut self, mut told: mpsc::UnboundedReceiver<Told>) -> (Vec<PlanRecord>, u64) {
        while let Some(told) = told.recv().await {
            let (at_s, exemplar) = match told {
                Told::Seen(seen) => seen,
                Told::Ended(at_s) => {
                    self.ended_s = at_s;
                    break;
                }
            };
            let key = (exemplar.target.clone(), exemplar.label.to_string());
            match self.statements.get_mut(&key) {
                Some(statement) if exemplar.time_us > statement.slowest.time_us => statement.slowest = exemplar,
                Some(_) => {}
                None => {
                    let early = self.plan(&exemplar).await.ok().map(|read| read.root);
                    let slowest = exemplar.clone();
                    self.statements.insert(key, Statement { first: (at_s, exemplar), early, slowest });
                }
            }
        }
        let concluded = self.conclude().await;
        for target in self.targets.into_values() {
            target.close().await;
        }
        concluded
    }

    /// The plan of an execution's statement, which is not run.
    async fn plan(&self, exemplar: &Exemplar) -> Result<Read, String> {
        if !has_plan(&exemplar.sql) {
            return Err("a statement of this kind has no plan".to_owned());
        }
        match self.targets.get(&exemplar.target) {
            Some(target) => target.plan(exemplar).await,
            None => Err("its target is not known".to_owned()),
        }
    }

    async fn conclude(&self) -> (Vec<PlanRecord>, u64) {
        let until = Instant::now() + FINISH_LIMIT;
        let mut statements: Vec<&Statement> = self.statements.values().collect();
        statements.sort_by_key(|statement| std::cmp::Reverse(statement.slowest.time_us));
        let (mut records, mut left_out) = (Vec::new(), 0);
        for statement in statements {
            let wanted = self.explain.wants(Duration::from_micros(statement.slowest.time_us));
            if records.len() == MOST || Instant::now() > until {
                left_out += u64::from(wanted);
                continue;
            }
            let change = self.change(statement).await;
            if change.is_some() || wanted {
                records.push(self.record(statement, change).await);
            }
        }
        (records, left_out)
    }

    /// What became of a statement's plan, for the same parameters.
    async fn change(&self, statement: &Statement) -> Option<PlanChange> {
        let (from_s, exemplar) = &statement.first;
        let from = statement.early.as_ref()?;
        let to = self.plan(exemplar).await.ok()?.root;
        if from.shape() == to.shape() {
            return None;
        }
        Some(PlanChange { from_s: *from_s, from: from.clone(), to_s: self.ended_s, to })
    }

    async fn record(&self, statement: &Statement, change: Option<PlanChange>) -> PlanRecord {
        let exemplar = &statement.slowest;
        let mut record = PlanRecord {
            target: exemplar.target.clone(),
            label: exemplar.label.to_string(),
            slowest_us: exemplar.time_us,
            parameters: self.parameters(exemplar),
            at_s: self.ended_s,
            change,
            ..PlanRecord::default()
        };
        match self.plan(exemplar).await {
            Ok(read) => record.plan = Some(read.root),
            Err(why) => {
                record.note = Some(why);
                return record;
            }
        }
        let Some(target) = self.targets.get(&exemplar.target) else { return record };
        match target.run(exemplar).await {
            Ok(read) => {
                record.planning_us = read.planning_us;
                record.execution_us = read.execution_us;
                record.plan = Some(read.root);
            }
            Err(why) => record.note = Some(why),
        }
        record
    }

    fn parameters(&self, exemplar: &Exemplar) -> Vec<String> {
        let params = exemplar.params.iter();
        match self.explain.params {
            ShownParams::Types => params.map(|param| param.outline()).collect(),
            ShownParams::Values => params.map(|param| param.shown(SHOWN)).collect(),
        }
    }
}

/// A record need not carry nanoseconds.
fn seconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1e3
}
