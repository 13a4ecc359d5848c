//! What a run has come to so far.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::EngineError;
use crate::analysis::{self, Ending};
use crate::monitor::{ClaimError, ProbeError};
use crate::plan::Plan;
use crate::record::{Collector, Finish, LoadRecord, PresetRecord, Record, ScenarioRecord};

/// Everything that will be in the record.
#[derive(Default)]
pub struct Story {
    /// The figures.
    pub collector: Collector,
    /// What is known beside them.
    pub finish: Finish,
    /// Why the play ended, if not because it was over.
    pub ending: Option<Ending>,
}

/// A story that goes on while another thread may need to end it.
#[derive(Clone, Default)]
pub struct Tale(Arc<Mutex<Story>>);

impl Tale {
    /// To read on or write on. Held for a moment only, never while a script runs.
    pub fn lock(&self) -> MutexGuard<'_, Story> {
        // A panic between two lines leaves what was written before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Story {
    /// The record of a run that ended so, or by an error.
    pub fn end(self, plan: &Plan, error: Option<&EngineError>) -> Record {
        let ending = match (self.ending, error) {
            (Some(Ending::Interrupted), _) => Ending::Interrupted,
            (
                _,
                Some(
                    error @ (EngineError::Claim(ClaimError::Foreign { .. })
                    | EngineError::Target(ProbeError::NoRoom { .. } | ProbeError::Production { .. })),
                ),
            ) => Ending::Refused(error.to_string()),
            (_, Some(error)) => Ending::Incomplete(error.to_string()),
            (Some(ending), None) => ending,
            (None, None) => Ending::Completed,
        };
        let finish = Finish {
            run_id: plan.run_id.clone(),
            seed: plan.seed,
            // Fewer than planned where a target has little room.
            workers: if self.finish.workers > 0 { self.finish.workers } else { plan.workers },
            scenario: ScenarioRecord::from(plan),
            load: LoadRecord::from(plan),
            preset: PresetRecord::from(&plan.preset),
            ..self.finish
        };
        let mut record = self.collector.finish(finish);
        analysis::conclude(&mut record, &ending);
        record
    }
}
