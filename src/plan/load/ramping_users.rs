//! Ramping users: a population that follows stages, along straight lines.

use std::fmt;
use std::time::Duration;

use super::registry::Entry;
use super::{ClosedSchedule, Key, Load, LoadModel, Schedule, Stage, Stages};
use crate::plan::units::{counted, format_duration};

pub(super) const ENTRY: Entry = Entry {
    required: &[Key::UserStages],
    optional: &[Key::Users],
    build: |shape| {
        let Some(Stages::Users(stages)) = &shape.stages else { return Ok(None) };
        Ok(Some(Load::new(RampingUsers { start: shape.users.unwrap_or(0), stages: stages.clone() })))
    },
};

/// From `start` users through `stages`.
#[derive(Debug, Clone)]
pub struct RampingUsers {
    /// Users at the start, and in the warm-up.
    pub start: u64,
    /// Where to go, and how fast.
    pub stages: Vec<Stage<u64>>,
}

impl LoadModel for RampingUsers {
    fn schedule(&self, warm_up: Duration) -> Schedule {
        let mut stages = vec![Stage { duration: warm_up, to: self.start }];
        stages.extend(&self.stages);
        Schedule::Closed(ClosedSchedule::staged(self.start, stages))
    }

    fn stages(&self) -> Option<Stages> {
        Some(Stages::Users(self.stages.clone()))
    }

    fn has_starting_level(&self) -> bool {
        self.start > 0
    }
}

impl fmt::Display for RampingUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {}", counted(self.start, "user"))?;
        show_stages(f, &self.stages)
    }
}

/// ` to 50 in 1m, to 0 in 10s`.
pub(super) fn show_stages<T: fmt::Display>(f: &mut fmt::Formatter<'_>, stages: &[Stage<T>]) -> fmt::Result {
    for (position, stage) in stages.iter().enumerate() {
        let comma = if position == 0 { "" } else { "," };
        write!(f, "{comma} to {} in {}", stage.to, format_duration(stage.duration))?;
    }
    Ok(())
}
