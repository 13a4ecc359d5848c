//! The two kinds of schedule.

use std::time::Duration;

use super::{ClosedSchedule, OpenSchedule};

/// When users come and go, or when arrivals fall due.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// A population of users.
    Closed(ClosedSchedule),
    /// A stream of arrivals.
    Open(OpenSchedule),
}

impl Schedule {
    /// When the load ends by the clock, warm-up included; `None` when only iterations end it.
    pub fn end(&self) -> Option<Duration> {
        match self {
            Self::Closed(schedule) => schedule.end(),
            Self::Open(schedule) => Some(schedule.end()),
        }
    }
}
