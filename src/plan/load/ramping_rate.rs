//! Ramping rate: arrivals at a rate that follows stages, along straight lines.

use std::fmt;
use std::time::Duration;

use super::ramping_users::show_stages;
use super::registry::Entry;
use super::{Key, Load, LoadModel, OpenOptions, OpenSchedule, Schedule, Stage, Stages};
use crate::plan::units::Rate;

pub(super) const ENTRY: Entry = Entry {
    required: &[Key::RateStages],
    optional: &[Key::Rate, Key::Arrivals, Key::MaxUsers, Key::Overflow],
    build: |shape| {
        let Some(Stages::Rate(stages)) = &shape.stages else { return Ok(None) };
        let start = shape.rate.unwrap_or(Rate::ZERO);
        Ok(Some(Load::new(RampingRate { start, stages: stages.clone(), options: shape.open_options() })))
    },
};

/// From the rate `start` through `stages`; fractions of arrivals carry over from stage to stage.
#[derive(Debug, Clone)]
pub struct RampingRate {
    /// The rate at the start, and in the warm-up.
    pub start: Rate,
    /// Where to go, and how fast.
    pub stages: Vec<Stage<Rate>>,
    /// Spacing and users.
    pub options: OpenOptions,
}

impl LoadModel for RampingRate {
    fn schedule(&self, warm_up: Duration) -> Schedule {
        Schedule::Open(OpenSchedule { warm_up, start: self.start, stages: self.stages.clone(), options: self.options })
    }

    fn stages(&self) -> Option<Stages> {
        Some(Stages::Rate(self.stages.clone()))
    }

    fn has_starting_level(&self) -> bool {
        self.start > Rate::ZERO
    }
}

impl fmt::Display for RampingRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {}", self.start)?;
        show_stages(f, &self.stages)?;
        self.options.fmt(f)
    }
}
