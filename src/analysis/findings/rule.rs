//! What a rule consists of.

use super::found::Found;
use crate::record::{Record, RuleRecord, SourceRecord};

/// A rule.
pub(super) struct Rule {
    /// Its name.
    pub id: &'static str,
    /// Rules whose findings may follow from its own: where both find something, its own comes first.
    pub explains: &'static [&'static str],
    /// What it looks at.
    pub look: Look,
}

/// Stands for every rule in [`Rule::explains`].
pub(super) const EVERYTHING: &[&str] = &["*"];

/// What a rule looks at.
pub(super) enum Look {
    /// At what throng itself measured.
    Run(fn(&Record) -> Vec<Found>),
    /// At the plans of statements, where any were asked for.
    Plans(fn(&Record) -> Vec<Found>),
    /// At each source of a kind that was watched.
    Source {
        /// `postgres`, `redis` or `host`.
        kind: &'static str,
        /// The samplers without which it can't judge.
        samplers: &'static [&'static str],
        /// Looks at one source.
        look: fn(&Record, &SourceRecord) -> Vec<Found>,
    },
}

/// The machine, which is no target and yet can be watched.
pub(super) const HOST: &str = "host";

impl Rule {
    /// What it finds, and whether it could look; none if it has nothing to do with what was played.
    pub fn apply(&self, record: &Record) -> Option<(Vec<Found>, RuleRecord)> {
        let told = |lacks| RuleRecord { id: self.id.to_owned(), lacks };
        let (kind, samplers, look) = match self.look {
            Look::Run(look) => return Some((look(record), told(None))),
            Look::Plans(look) => return record.explain.map(|_| (look(record), told(None))),
            Look::Source { kind, samplers, look } => (kind, samplers, look),
        };
        let mut names: Vec<&str> =
            record.targets.iter().filter(|target| target.kind == kind).map(|target| &*target.name).collect();
        names.extend((kind == HOST && !record.targets.is_empty()).then_some(HOST));
        if names.is_empty() {
            return None;
        }
        let (mut found, mut lacking) = (Vec::new(), Vec::new());
        for name in names {
            let source = record.monitor.sources.iter().find(|source| source.kind == kind && source.name == name);
            let lacks = samplers.iter().find(|sampler| !source.is_some_and(|source| tells(source, sampler)));
            match (source, lacks) {
                (Some(source), None) => found.extend(look(record, source)),
                (None, _) => lacking.push(format!("a watch on {name}")),
                (_, Some(sampler)) => lacking.push(format!("`{sampler}` of {name}")),
            }
        }
        Some((found, told((!lacking.is_empty()).then(|| lacking.join(", ")))))
    }
}

/// Whether a sampler told anything.
fn tells(source: &SourceRecord, sampler: &str) -> bool {
    source.sampler(sampler).is_some_and(|sampler| sampler.samples > 0)
}
