//! What can be wrong with a load.

use super::Key;

/// Keys of a load that do not make one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// No key that makes a load.
    #[error(
        "there is no load\nhint: give `users` with `iterations`, `users` with `duration`, `stages`, or `rate` with `duration`"
    )]
    Empty,
    /// Two keys that no model takes together.
    #[error("{0} and {1} do not go together")]
    Conflict(Key, Key),
    /// A key that no model takes without another.
    #[error("{present} needs {}", alternatives(.missing))]
    Missing {
        /// What is there.
        present: Key,
        /// Any one of these would complete it.
        missing: Vec<Key>,
    },
    /// A key that must be more than nothing.
    #[error("{0} must be more than zero")]
    Zero(Key),
    /// A key beyond every sensible bound.
    #[error("{key} is more than {most}")]
    TooMuch {
        /// The key.
        key: Key,
        /// The bound, as written.
        most: String,
    },
    /// Users would still be starting when the load ends.
    #[error("`ramp_up` is longer than `duration`")]
    RampTooLong,
    /// Stages without any.
    #[error("`stages` has none\nhint: a stage is a duration and a level, such as `{{ \"1m\", users = 50 }}`")]
    NoStages,
}

fn alternatives(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" or ")
}
