//! Shared iterations: so many in all, taken by the users from one counter.

use std::fmt;
use std::time::Duration;

use super::registry::Entry;
use super::users_iterations::ramp_up_suffix;
use super::{ClosedSchedule, Iterations, Key, Load, LoadModel, Schedule};
use crate::plan::units::counted;

pub(super) const ENTRY: Entry = Entry {
    required: &[Key::Users, Key::SharedIterations],
    optional: &[Key::RampUp],
    build: |shape| {
        let (Some(users), Some(iterations)) = (shape.users, shape.shared_iterations) else { return Ok(None) };
        Ok(Some(Load::new(SharedIterations { users, iterations, ramp_up: shape.ramp_up.unwrap_or_default() })))
    },
};

/// `iterations` in all, played by `users`.
#[derive(Debug, Clone)]
pub struct SharedIterations {
    /// How many users.
    pub users: u64,
    /// Iterations of all of them together.
    pub iterations: u64,
    /// Over how long their starts are spread.
    pub ramp_up: Duration,
}

impl LoadModel for SharedIterations {
    fn schedule(&self, _warm_up: Duration) -> Schedule {
        Schedule::Closed(ClosedSchedule::fixed(self.users, self.ramp_up, None, Iterations::Shared(self.iterations)))
    }
}

impl fmt::Display for SharedIterations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} shared by {}", counted(self.iterations, "iteration"), counted(self.users, "user"))?;
        ramp_up_suffix(f, self.ramp_up)
    }
}
