//! Load models: how many users or arrivals, when, for how long.
//!
//! A model is plain data that turns into a [`Schedule`], a pure function of the
//! plan: any worker can compute its part without talking to another.

use std::time::Duration;

/// A load model.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {}

/// When users come and go, or when arrivals fall due.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// A population of users.
    Closed(ClosedSchedule),
    /// A stream of arrivals.
    Open(OpenSchedule),
}

/// A population: users numbered from 0, each active during its spans.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedSchedule {}

/// One stretch of a user's activity, on the run's clock (0 = start of warm-up).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the user starts.
    pub from: Duration,
    /// When it starts no further iteration; `None` when only iterations end it.
    pub to: Option<Duration>,
}

/// How many iterations the users of a closed load play in the measured part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iterations {
    /// Each user this many.
    PerUser(u64),
    /// All users together this many: user `u` of `users` plays those numbered `u`, `u + users`, …
    /// only as a starting share; faster users take more from the common counter.
    Shared(u64),
    /// Until the span ends.
    Unlimited,
}

/// A stream of arrivals.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSchedule {}

/// What happens to an arrival that finds every user busy and no further one allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// It waits, and its waiting counts in its response time.
    #[default]
    Queue,
    /// It is dropped and counted.
    Drop,
}

/// How arrivals are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrivals {
    /// Evenly.
    #[default]
    Regular,
    /// As a Poisson process, seeded, with the exact total count.
    Poisson,
}
