//! The keys by which a load is described, before a model is chosen.

use std::fmt;
use std::time::Duration;

use super::{Arrivals, Load, LoadError, OpenOptions, Overflow, registry};
use crate::plan::units::Rate;

/// A straight line to a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage<T> {
    /// How long it takes; a stage of 0 s is a jump.
    pub duration: Duration,
    /// The level at its end.
    pub to: T,
}

/// Stages of users or of a rate, never of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stages {
    /// Levels of users.
    Users(Vec<Stage<u64>>),
    /// Levels of a rate.
    Rate(Vec<Stage<Rate>>),
}

/// The keys of a load that were set; which of them decides the model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// Users of a closed load, or the level its stages start from.
    pub users: Option<u64>,
    /// Iterations for each user.
    pub iterations: Option<u64>,
    /// Iterations for all users together.
    pub shared_iterations: Option<u64>,
    /// How long the measured part takes.
    pub duration: Option<Duration>,
    /// Levels to follow.
    pub stages: Option<Stages>,
    /// Arrivals of an open load, or the level its stages start from.
    pub rate: Option<Rate>,
    /// Over how long the starts of users are spread.
    pub ramp_up: Option<Duration>,
    /// How arrivals are spaced.
    pub arrivals: Option<Arrivals>,
    /// Most users of an open load.
    pub max_users: Option<u64>,
    /// What happens to an arrival that finds every user busy.
    pub overflow: Option<Overflow>,
}

/// A key of [`Shape`]; stages of users and of rates count as two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each stands for the field of the same name")]
pub enum Key {
    Users,
    Iterations,
    SharedIterations,
    Duration,
    UserStages,
    RateStages,
    Rate,
    RampUp,
    Arrivals,
    MaxUsers,
    Overflow,
}

impl Key {
    /// As written in scenarios and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Iterations => "iterations",
            Self::SharedIterations => "shared_iterations",
            Self::Duration => "duration",
            Self::UserStages | Self::RateStages => "stages",
            Self::Rate => "rate",
            Self::RampUp => "ramp_up",
            Self::Arrivals => "arrivals",
            Self::MaxUsers => "max_users",
            Self::Overflow => "overflow",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserStages => f.write_str("`stages` of users"),
            Self::RateStages => f.write_str("`stages` of a rate"),
            other => write!(f, "`{}`", other.name()),
        }
    }
}

impl Shape {
    /// Chooses the model that the keys call for.
    pub fn load(&self) -> Result<Load, LoadError> {
        registry::choose(self)
    }

    /// The keys that are set.
    pub fn keys(&self) -> Vec<Key> {
        let stages = match &self.stages {
            Some(Stages::Users(_)) => Some(Key::UserStages),
            Some(Stages::Rate(_)) => Some(Key::RateStages),
            None => None,
        };
        [
            self.users.map(|_| Key::Users),
            self.iterations.map(|_| Key::Iterations),
            self.shared_iterations.map(|_| Key::SharedIterations),
            self.duration.map(|_| Key::Duration),
            stages,
            self.rate.map(|_| Key::Rate),
            self.ramp_up.map(|_| Key::RampUp),
            self.arrivals.map(|_| Key::Arrivals),
            self.max_users.map(|_| Key::MaxUsers),
            self.overflow.map(|_| Key::Overflow),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Forgets a key.
    pub fn remove(&mut self, key: Key) {
        match key {
            Key::Users => self.users = None,
            Key::Iterations => self.iterations = None,
            Key::SharedIterations => self.shared_iterations = None,
            Key::Duration => self.duration = None,
            Key::UserStages | Key::RateStages => self.stages = None,
            Key::Rate => self.rate = None,
            Key::RampUp => self.ramp_up = None,
            Key::Arrivals => self.arrivals = None,
            Key::MaxUsers => self.max_users = None,
            Key::Overflow => self.overflow = None,
        }
    }

    /// What open loads have in common, with defaults.
    pub(super) fn open_options(&self) -> OpenOptions {
        let default = OpenOptions::default();
        OpenOptions {
            arrivals: self.arrivals.unwrap_or(default.arrivals),
            max_users: self.max_users.unwrap_or(default.max_users),
            overflow: self.overflow.unwrap_or(default.overflow),
        }
    }
}
