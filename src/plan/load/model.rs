//! What every load model can do.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Schedule, Stages};

/// One way to put load on a target. Its `Display` is one line for people.
pub trait LoadModel: fmt::Debug + fmt::Display + Send + Sync {
    /// When users come and go, or arrivals fall due.
    ///
    /// The load's starting level is played for `warm_up` in front of the
    /// measured part, on the same clock: 0 is the start of the warm-up.
    fn schedule(&self, warm_up: Duration) -> Schedule;

    /// The stages that it follows; none if it follows none.
    fn stages(&self) -> Option<Stages> {
        None
    }

    /// Whether there is anything to play in a warm-up.
    fn has_starting_level(&self) -> bool {
        true
    }
}

/// A load model, chosen and complete.
#[derive(Debug, Clone)]
pub struct Load(Arc<dyn LoadModel>);

impl Load {
    /// Wraps a model.
    pub fn new(model: impl LoadModel + 'static) -> Self {
        Self(Arc::new(model))
    }

    /// See [`LoadModel::schedule`].
    pub fn schedule(&self, warm_up: Duration) -> Schedule {
        self.0.schedule(warm_up)
    }

    /// Whether it follows stages of users.
    pub fn has_stages(&self) -> bool {
        matches!(self.stages(), Some(Stages::Users(_)))
    }

    /// See [`LoadModel::stages`].
    pub fn stages(&self) -> Option<Stages> {
        self.0.stages()
    }

    /// See [`LoadModel::has_starting_level`].
    pub fn has_starting_level(&self) -> bool {
        self.0.has_starting_level()
    }

    /// Most users at once: the population of a closed load, `max_users` of an open one.
    pub fn users(&self) -> u64 {
        match self.schedule(Duration::ZERO) {
            Schedule::Closed(schedule) => schedule.users(),
            Schedule::Open(schedule) => schedule.max_users(),
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
