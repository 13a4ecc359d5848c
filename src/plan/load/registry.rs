//! All load models, and the choice among them.

use std::time::Duration;

use super::{Key, Load, LoadError, Shape, Stages};
use super::{constant_rate, constant_users, ramping_rate, ramping_users, shared_iterations, users_iterations};
use crate::plan::units::{Rate, format_duration};

/// One line for each model.
const MODELS: [&Entry; 6] = [
    &users_iterations::ENTRY,
    &shared_iterations::ENTRY,
    &constant_users::ENTRY,
    &ramping_users::ENTRY,
    &constant_rate::ENTRY,
    &ramping_rate::ENTRY,
];

/// Most users of a run. A user takes a few kilobytes and a file handle or a place in a queue.
pub(super) const MAX_USERS: u64 = 1_000_000;
/// Most iterations of a user or of a run: more than a year at the highest rate.
const MAX_ITERATIONS: u64 = 1_000_000_000_000;
/// Longest load: a year.
const MAX_DURATION: Duration = Duration::from_secs(366 * 24 * 3600);
/// Highest rate, far beyond what one machine delivers.
pub(super) const MAX_RATE: u32 = 1_000_000;

/// How a model is chosen and made.
pub(super) struct Entry {
    /// Keys that must be set.
    pub(super) required: &'static [Key],
    /// Keys that may be set besides.
    pub(super) optional: &'static [Key],
    /// Makes the model from a shape whose keys fit and whose values are within bounds.
    /// `None` stands for a required key that is not there.
    pub(super) build: fn(&Shape) -> Result<Option<Load>, LoadError>,
}

impl Entry {
    fn takes(&self, key: &Key) -> bool {
        self.required.contains(key) || self.optional.contains(key)
    }
}

/// The model that takes all keys of `shape` and misses none.
pub(super) fn choose(shape: &Shape) -> Result<Load, LoadError> {
    let keys = shape.keys();
    let fitting: Vec<_> = MODELS.iter().filter(|model| keys.iter().all(|key| model.takes(key))).collect();
    let Some(first) = keys.first() else { return Err(LoadError::Empty) };
    if fitting.is_empty() {
        return Err(conflict(&keys));
    }
    check_bounds(shape)?;
    for model in &fitting {
        if let Some(load) = (model.build)(shape)? {
            return Ok(load);
        }
    }
    let mut missing = Vec::new();
    for model in fitting {
        let mut absent = model.required.iter().filter(|key| !keys.contains(key));
        if let (Some(key), None) = (absent.next(), absent.next())
            && !missing.contains(key)
        {
            missing.push(*key);
        }
    }
    if missing.is_empty() { Err(LoadError::Empty) } else { Err(LoadError::Missing { present: *first, missing }) }
}

/// The first two keys that no model takes together.
fn conflict(keys: &[Key]) -> LoadError {
    for (position, a) in keys.iter().enumerate() {
        for b in &keys[position + 1..] {
            if !MODELS.iter().any(|model| model.takes(a) && model.takes(b)) {
                return LoadError::Conflict(*a, *b);
            }
        }
    }
    // Any two go together, but not all at once: the last is one too many.
    LoadError::Conflict(keys[0], keys[keys.len() - 1])
}

fn check_bounds(shape: &Shape) -> Result<(), LoadError> {
    let too_much = |key, most: String| Err(LoadError::TooMuch { key, most });
    for (key, value, most) in [
        (Key::Users, shape.users, MAX_USERS),
        (Key::MaxUsers, shape.max_users, MAX_USERS),
        (Key::Iterations, shape.iterations, MAX_ITERATIONS),
        (Key::SharedIterations, shape.shared_iterations, MAX_ITERATIONS),
    ] {
        match value {
            // As the level to start stages from, no users are fine.
            Some(0) if key != Key::Users || shape.stages.is_none() => return Err(LoadError::Zero(key)),
            Some(value) if value > most => return too_much(key, most.to_string()),
            _ => {}
        }
    }
    for (key, value) in [(Key::Duration, shape.duration), (Key::RampUp, shape.ramp_up)] {
        match value {
            Some(Duration::ZERO) if key == Key::Duration => return Err(LoadError::Zero(key)),
            Some(value) if value > MAX_DURATION => return too_much(key, format_duration(MAX_DURATION)),
            _ => {}
        }
    }
    let max_rate = Rate::per_second(MAX_RATE);
    match shape.rate {
        Some(Rate::ZERO) if shape.stages.is_none() => return Err(LoadError::Zero(Key::Rate)),
        Some(rate) if rate > max_rate => return too_much(Key::Rate, max_rate.to_string()),
        _ => {}
    }
    match &shape.stages {
        Some(Stages::Users(stages)) => {
            let peak = stages.iter().map(|stage| stage.to).max();
            if peak.is_some_and(|peak| peak > MAX_USERS) {
                return too_much(Key::UserStages, MAX_USERS.to_string());
            }
            let idle = stages.iter().all(|stage| stage.to == 0) && shape.users.unwrap_or(0) == 0;
            check_stages(Key::UserStages, stages.iter().map(|stage| stage.duration), idle)
        }
        Some(Stages::Rate(stages)) => {
            if stages.iter().any(|stage| stage.to > max_rate) {
                return too_much(Key::RateStages, max_rate.to_string());
            }
            let idle =
                stages.iter().all(|stage| stage.to == Rate::ZERO) && shape.rate.unwrap_or(Rate::ZERO) == Rate::ZERO;
            check_stages(Key::RateStages, stages.iter().map(|stage| stage.duration), idle)
        }
        None => Ok(()),
    }
}

fn check_stages(key: Key, mut durations: impl ExactSizeIterator<Item = Duration>, idle: bool) -> Result<(), LoadError> {
    if durations.len() == 0 {
        return Err(LoadError::NoStages);
    }
    match durations.try_fold(Duration::ZERO, |sum, duration| sum.checked_add(duration)) {
        Some(whole) if whole <= MAX_DURATION => {
            if idle || whole.is_zero() {
                Err(LoadError::Zero(key))
            } else {
                Ok(())
            }
        }
        _ => Err(LoadError::TooMuch { key, most: format_duration(MAX_DURATION) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::load::Stage;

    fn second() -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    fn user_stages() -> Option<Stages> {
        Some(Stages::Users(vec![Stage { duration: Duration::from_secs(60), to: 50 }]))
    }

    #[test]
    fn the_keys_decide_the_model() {
        let rate = Some(Rate::per_second(5));
        for (shape, described) in [
            (Shape { users: Some(5), iterations: Some(10), ..Shape::default() }, "5 users × 10 iterations"),
            (
                Shape { users: Some(5), shared_iterations: Some(10), ..Shape::default() },
                "10 iterations shared by 5 users",
            ),
            (
                Shape { users: Some(5), duration: second(), ramp_up: second(), ..Shape::default() },
                "5 users for 1s, started over 1s",
            ),
            (Shape { users: Some(5), stages: user_stages(), ..Shape::default() }, "from 5 users to 50 in 1m"),
            (
                Shape { rate, duration: second(), ..Shape::default() },
                "5/s for 1s, regular arrivals, at most 1000 users, the rest queued",
            ),
            (
                Shape {
                    stages: Some(Stages::Rate(vec![Stage {
                        duration: Duration::from_secs(2),
                        to: Rate::per_second(9),
                    }])),
                    ..Shape::default()
                },
                "from 0/s to 9/s in 2s, regular arrivals, at most 1000 users, the rest queued",
            ),
        ] {
            assert_eq!(shape.load().map(|load| load.to_string()), Ok(described.to_owned()));
        }
    }

    #[test]
    fn keys_that_make_no_load_say_why() {
        for (shape, message) in [
            (Shape::default(), "there is no load"),
            (
                Shape { users: Some(5), ..Shape::default() },
                "`users` needs `iterations` or `shared_iterations` or `duration`",
            ),
            (Shape { duration: second(), ..Shape::default() }, "`duration` needs `users` or `rate`"),
            (Shape { rate: Some(Rate::per_second(1)), ..Shape::default() }, "`rate` needs `duration`"),
            (
                Shape { users: Some(5), rate: Some(Rate::per_second(1)), ..Shape::default() },
                "`users` and `rate` do not go together",
            ),
            (
                Shape { users: Some(5), iterations: Some(1), duration: second(), ..Shape::default() },
                "`iterations` and `duration` do not go together",
            ),
            (Shape { users: Some(0), iterations: Some(1), ..Shape::default() }, "`users` must be more than zero"),
            (Shape { users: Some(2_000_000), iterations: Some(1), ..Shape::default() }, "`users` is more than 1000000"),
            (Shape { users: Some(1), iterations: Some(0), ..Shape::default() }, "`iterations` must be more than zero"),
            (
                Shape { users: Some(1), duration: second(), ramp_up: Some(Duration::from_secs(2)), ..Shape::default() },
                "`ramp_up` is longer",
            ),
            (Shape { stages: Some(Stages::Users(vec![])), ..Shape::default() }, "`stages` has none"),
            (
                Shape { stages: user_stages(), ramp_up: second(), ..Shape::default() },
                "`stages` of users and `ramp_up` do not go together",
            ),
        ] {
            let error = shape.load().map(|load| load.to_string()).expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
