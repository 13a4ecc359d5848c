//! Constant rate: arrivals at a fixed rate, whether the target keeps up or not.

use std::fmt;
use std::time::Duration;

use super::registry::Entry;
use super::{Arrivals, Key, Load, LoadModel, OpenOptions, OpenSchedule, Overflow, Schedule, Stage};
use crate::plan::units::{Rate, counted, format_duration};

pub(super) const ENTRY: Entry = Entry {
    required: &[Key::Rate, Key::Duration],
    optional: &[Key::Arrivals, Key::MaxUsers, Key::Overflow],
    build: |shape| {
        let (Some(rate), Some(duration)) = (shape.rate, shape.duration) else { return Ok(None) };
        Ok(Some(Load::new(ConstantRate { rate, duration, options: shape.open_options() })))
    },
};

/// `rate` for `duration`: `round(rate × duration)` arrivals.
#[derive(Debug, Clone)]
pub struct ConstantRate {
    /// How many arrive.
    pub rate: Rate,
    /// For how long, warm-up not counted.
    pub duration: Duration,
    /// Spacing and users.
    pub options: OpenOptions,
}

impl LoadModel for ConstantRate {
    fn schedule(&self, warm_up: Duration) -> Schedule {
        let stages = vec![Stage { duration: self.duration, to: self.rate }];
        Schedule::Open(OpenSchedule { warm_up, start: self.rate, stages, options: self.options })
    }
}

impl fmt::Display for ConstantRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}{}", self.rate, format_duration(self.duration), self.options)
    }
}

impl fmt::Display for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = match self.overflow {
            Overflow::Queue => "queued",
            Overflow::Drop => "dropped",
        };
        write!(f, ", {} arrivals, at most {}, the rest {rest}", self.arrivals, counted(self.max_users, "user"))
    }
}

impl fmt::Display for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Regular => "regular",
            Self::Poisson => "poisson",
        })
    }
}

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queue => "queue",
            Self::Drop => "drop",
        })
    }
}
