//! The record of a run that is not over, for the rules that look for findings.
//!
//! It has all figures so far and what the monitor has seen. It lacks what is known only in the end: what `verify` found,
//! the plans of statements, the last looks at the targets, whose scripts took the workers' time.

use crate::analysis::{Ending, conclude};
use crate::plan::Plan;
use crate::record::{
    Collector, FindingRecord, Finish, IntervalInput, LoadRecord, MonitorRecord, PhaseRecord, PresetRecord,
    ScenarioRecord, TargetRecord,
};

/// What has been gathered.
#[derive(Debug, Clone, Default)]
pub struct SoFar {
    collector: Collector,
    known: Finish,
}

impl SoFar {
    /// Nothing yet, of a run of `plan`.
    pub fn new(plan: &Plan) -> Self {
        let target = |(name, kind): (&String, &str)| TargetRecord {
            name: name.clone(),
            kind: kind.to_owned(),
            version: None,
            address: String::new(),
        };
        let postgres = plan.targets.postgres.keys().map(|name| (name, "postgres"));
        let redis = plan.targets.redis.keys().map(|name| (name, "redis"));
        let http = plan.targets.http.keys().map(|name| (name, "http"));
        let known = Finish {
            seed: plan.seed,
            workers: plan.workers,
            scenario: ScenarioRecord::from(plan),
            load: LoadRecord::from(plan),
            preset: PresetRecord::from(&plan.preset),
            targets: postgres.chain(redis).chain(http).map(target).collect(),
            ..Finish::default()
        };
        Self { collector: Collector::default(), known }
    }

    /// Adds an interval.
    pub fn add(&mut self, input: &IntervalInput<'_>) {
        self.collector.add(input);
        let (from_s, to_s) = (input.start.as_secs_f64(), (input.start + input.length).as_secs_f64());
        match self.known.phases.last_mut().filter(|last| last.name == input.phase) {
            Some(last) => last.to_s = to_s,
            None => self.known.phases.push(PhaseRecord::new(input.phase, from_s, to_s)),
        }
    }

    /// What the rules find in it, which takes a while for a long run, with what the monitor has seen.
    pub fn findings(&self, seen: &MonitorRecord) -> Vec<FindingRecord> {
        let finish = Finish { monitor: seen.clone(), ..self.known.clone() };
        let mut record = self.collector.clone().finish(finish);
        conclude(&mut record, &Ending::Completed);
        record.findings
    }
}
