//! What a history keeps of a record: a few figures, and what tells the run from others.

use std::collections::BTreeMap;

use crate::analysis::compare::PlayedRun;
use crate::analysis::compare::figures::{Kind, figures};
use crate::analysis::compare::likeness::{aspects, work};
use crate::record::{ComparedRun, Verdict};

/// Everything that makes a run the one that it is, but for versions: names and what they are in this run.
pub(super) type Work = Vec<(String, String)>;

/// A run as a history needs it. A record holds every interval of its run, and a history may be one of thousands.
#[derive(Debug, Clone)]
pub struct SeenRun {
    /// Which run it is.
    pub(super) run: ComparedRun,
    /// What it did.
    pub(super) work: Work,
    /// The same with versions.
    pub(super) aspects: Work,
    /// The figures of the whole run.
    pub(super) figures: BTreeMap<Kind, f64>,
    /// Why its figures are not those of a whole run, if they are not.
    pub(super) unfit: Option<String>,
}

impl From<&PlayedRun> for SeenRun {
    fn from(played: &PlayedRun) -> Self {
        let record = &played.record;
        let unfit = match record.verdict {
            Verdict::Aborted | Verdict::Interrupted => Some(format!("was {}", record.verdict)),
            _ if record.totals.operations_finished() == 0 => Some("got nothing done".to_owned()),
            _ if !record.steering.is_empty() => Some("was steered by hand".to_owned()),
            _ => None,
        };
        let of_run = figures(record).into_iter().filter(|(key, _)| key.operation.is_none());
        Self {
            run: ComparedRun::from(played),
            work: work(record),
            aspects: aspects(record),
            figures: of_run.map(|(key, value)| (key.kind, value)).collect(),
            unfit,
        }
    }
}
