//! What is known of a run while it goes on.

use std::collections::{BTreeMap, VecDeque};

use super::history::History;
use super::operations::{self, Operation};
use super::waits::{self, Waits};
use crate::plan::Plan;
use crate::plan::load::{Iterations, Schedule};
use crate::record::{FindingRecord, IntervalInput, MonitorRecord, Progress, is_measured};
use crate::report::human;
use crate::stats::Interval;

/// So many lines of scripts are kept.
const MOST_LINES: usize = 1000;

/// The stage in which the load is played.
const PLAYING: &str = "playing";

/// What can be changed of a load while it is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Steers {
    /// The number of users.
    Users,
    /// The rate of arrivals.
    Rate,
    /// Nothing but when it goes on.
    #[default]
    Nothing,
}

/// A pool as it stood at the end of the last interval.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) in_use: u64,
    pub(super) waiters: u64,
}

/// All of it. Figures are those of measured phases, or of all phases before the first of those.
#[derive(Debug, Clone, Default)]
pub struct View {
    pub(super) title: String,
    pub(super) load: String,
    pub(super) steers: Steers,
    pub(super) stage: String,
    pub(super) progress: Option<Progress>,
    pub(super) paused: bool,
    /// What came of the last order.
    pub(super) said: Option<String>,
    /// Why the run is being stopped.
    pub(super) ending: Option<String>,
    pub(super) history: History,
    sum: Interval,
    pub(super) operations: Vec<Operation>,
    pub(super) errors: Vec<(String, u64)>,
    pub(super) pools: Vec<Pool>,
    pub(super) waits: Waits,
    /// Whether a monitor has told anything.
    pub(super) watched: bool,
    pub(super) findings: Vec<FindingRecord>,
    pub(super) log: VecDeque<String>,
}

impl View {
    /// The run begins.
    pub fn begins(&mut self, plan: &Plan) {
        let profile = plan.profile.as_ref().map(|profile| format!(", profile {profile}")).unwrap_or_default();
        self.title = format!("throng · {}{profile}", plan.scenario);
        self.load = plan.groups.iter().map(|group| group.load.to_string()).collect::<Vec<_>>().join("; ");
        self.steers = match plan.groups.first().map(|group| group.load.schedule(plan.warm_up)) {
            Some(Schedule::Closed(closed)) if closed.iterations() == Iterations::Unlimited => Steers::Users,
            Some(Schedule::Open(_)) => Steers::Rate,
            _ => Steers::Nothing,
        };
    }

    /// A part of it begins.
    pub fn stage(&mut self, stage: &str) {
        if stage.starts_with("stopping: ") {
            self.ending = Some(stage.to_owned());
        } else {
            stage.clone_into(&mut self.stage);
        }
    }

    /// An interval is over.
    pub fn interval(&mut self, input: &IntervalInput<'_>) {
        self.sum.merge(input.figures);
        self.history.add(input);
        self.operations = operations::of(&self.sum, input);
        self.errors = errors(&self.sum);
        let pool = |(key, stats): &(crate::record::PoolKey, crate::stats::PoolStats)| Pool {
            name: match &key.persona {
                Some(persona) => format!("{}, {persona}", key.name),
                None => key.name.clone(),
            },
            size: stats.size,
            in_use: stats.in_use,
            waiters: stats.waiters,
        };
        self.pools = input.pools.iter().map(pool).collect();
    }

    /// How far it has come.
    pub fn progress(&mut self, progress: &Progress) {
        self.progress = Some(progress.clone());
    }

    /// What became of an order.
    pub fn steered(&mut self, paused: bool, said: &str) {
        self.paused = paused;
        self.said = Some(said.to_owned());
    }

    /// What the monitor has seen so far.
    pub fn seen(&mut self, seen: &MonitorRecord) {
        self.watched |= !seen.sources.is_empty();
        self.waits = waits::of(seen);
    }

    /// What the rules have found so far.
    pub fn found(&mut self, findings: Vec<FindingRecord>) {
        self.findings = findings;
    }

    /// A script has logged a line, or throng itself.
    pub fn line(&mut self, line: &str) {
        if self.log.len() == MOST_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line.to_owned());
    }

    /// What was logged, to be said again where it stays.
    pub fn log(&self) -> impl Iterator<Item = &str> {
        self.log.iter().map(String::as_str)
    }

    /// Whether the figures are those that count.
    pub(super) fn counts(&self) -> bool {
        self.operations.is_empty() || self.history.points.iter().any(|point| point.measured)
    }

    /// Whether the load is being played.
    pub(super) fn is_playing(&self) -> bool {
        self.stage == PLAYING
    }
}

fn errors(sum: &Interval) -> Vec<(String, u64)> {
    let mut classes = BTreeMap::<String, u64>::new();
    for (key, stats) in &sum.errors {
        let uncounted = if is_measured(&key.phase) { "" } else { ", not counted" };
        *classes.entry(format!("{}{uncounted}", human::plain(&key.class.to_string(), 80))).or_default() += stats.count;
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    classes
}
