//! Users × iterations: each user plays so many iterations, then leaves.

use std::fmt;
use std::time::Duration;

use super::registry::Entry;
use super::{ClosedSchedule, Iterations, Key, Load, LoadModel, Schedule};
use crate::plan::units::{counted, format_duration};

pub(super) const ENTRY: Entry = Entry {
    required: &[Key::Users, Key::Iterations],
    optional: &[Key::RampUp],
    build: |shape| {
        let (Some(users), Some(iterations)) = (shape.users, shape.iterations) else { return Ok(None) };
        Ok(Some(Load::new(UsersIterations { users, iterations, ramp_up: shape.ramp_up.unwrap_or_default() })))
    },
};

/// Each of `users` plays `iterations`.
#[derive(Debug, Clone)]
pub struct UsersIterations {
    /// How many users.
    pub users: u64,
    /// Iterations of each.
    pub iterations: u64,
    /// Over how long their starts are spread.
    pub ramp_up: Duration,
}

impl LoadModel for UsersIterations {
    fn schedule(&self, _warm_up: Duration) -> Schedule {
        Schedule::Closed(ClosedSchedule::fixed(self.users, self.ramp_up, None, Iterations::PerUser(self.iterations)))
    }
}

impl fmt::Display for UsersIterations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", counted(self.users, "user"), counted(self.iterations, "iteration"))?;
        ramp_up_suffix(f, self.ramp_up)
    }
}

/// How closed loads of a fixed size mention their ramp.
pub(super) fn ramp_up_suffix(f: &mut fmt::Formatter<'_>, ramp_up: Duration) -> fmt::Result {
    if ramp_up.is_zero() { Ok(()) } else { write!(f, ", started over {}", format_duration(ramp_up)) }
}
