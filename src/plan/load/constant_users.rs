//! Constant users: a population that plays for a duration.

use std::fmt;
use std::time::Duration;

use super::registry::Entry;
use super::users_iterations::ramp_up_suffix;
use super::{ClosedSchedule, Iterations, Key, Load, LoadError, LoadModel, Schedule};
use crate::plan::units::{counted, format_duration};

pub(super) const ENTRY: Entry = Entry {
    required: &[Key::Users, Key::Duration],
    optional: &[Key::RampUp],
    build: |shape| {
        let (Some(users), Some(duration)) = (shape.users, shape.duration) else { return Ok(None) };
        let ramp_up = shape.ramp_up.unwrap_or_default();
        if ramp_up > duration {
            return Err(LoadError::RampTooLong);
        }
        Ok(Some(Load::new(ConstantUsers { users, duration, ramp_up })))
    },
};

/// `users` play for `duration`.
#[derive(Debug, Clone)]
pub struct ConstantUsers {
    /// How many users.
    pub users: u64,
    /// How long, warm-up not counted.
    pub duration: Duration,
    /// Over how long their starts are spread; not longer than `duration`.
    pub ramp_up: Duration,
}

impl LoadModel for ConstantUsers {
    fn schedule(&self, warm_up: Duration) -> Schedule {
        let end = warm_up + self.duration;
        Schedule::Closed(ClosedSchedule::fixed(self.users, self.ramp_up, Some(end), Iterations::Unlimited))
    }
}

impl fmt::Display for ConstantUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}", counted(self.users, "user"), format_duration(self.duration))?;
        ramp_up_suffix(f, self.ramp_up)
    }
}
