//! The two kinds of schedule.

use std::time::Duration;

use super::{ClosedSchedule, Level, OpenSchedule};

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

    /// How much load there is at `at`.
    pub(super) fn level(&self, at: Duration) -> Level {
        match self {
            Self::Closed(schedule) => Level::Users(schedule.users_at(at)),
            Self::Open(schedule) => Level::Rate(schedule.rate_at(at)),
        }
    }

    /// What is left from `at` on, scaled so that it begins at the level `to`; none where it can't be scaled.
    pub(super) fn rest(&self, at: Duration, to: Level) -> Option<Self> {
        match (self, to) {
            (Self::Closed(schedule), Level::Users(to)) => schedule.rest(at, to).map(Self::Closed),
            (Self::Open(schedule), Level::Rate(to)) => schedule.rest(at, to).map(Self::Open),
            _ => None,
        }
    }

    /// How many arrive; nobody in closed load.
    pub(super) fn arrivals(&self) -> u64 {
        match self {
            Self::Closed(_) => 0,
            Self::Open(schedule) => schedule.warm_up_total() + schedule.total(),
        }
    }
}
