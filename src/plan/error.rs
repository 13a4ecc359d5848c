//! What can be wrong with a plan, found before any load.

use super::load::LoadError;
use super::units::UnitError;

/// A scenario or a setting that cannot be played. A hint, where there is one, is on a line of its own.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are what the messages say")]
pub enum PlanError {
    /// A name that is no setting.
    #[error("there is no setting `{name}`{hint}")]
    UnknownSetting { name: String, hint: String },
    /// A setting whose value does not fit.
    #[error("`{name}`: {problem}")]
    BadSetting { name: String, problem: String },
    /// Settings that are not a table.
    #[error("`{path}`: expected a table, got {got}")]
    NotATable { path: String, got: &'static str },
    /// A value with a unit that could not be read.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// Settings beyond what makes sense.
    #[error("`{name}` must be {}, not {value}", bounds(*least, *most))]
    OutOfBounds { name: String, least: u64, most: u64, value: u64 },
    /// Keys of a load that make none.
    #[error("{source}{hint}")]
    Load { source: LoadError, hint: String },
    /// Users set by themselves over stages.
    #[error(
        "`users` from {place} has no meaning beside `stages`\nhint: give `iterations` or `duration` too, or other stages"
    )]
    UsersOverStages { place: &'static str },
    /// A warm-up of nothing.
    #[error(
        "`warm_up` plays the level that the stages start from, which is zero\nhint: give `users` or `rate` to start from, or a first stage instead of a warm-up"
    )]
    NothingToWarmUp,
    /// A load of a persona's own that is wrong.
    #[error("persona `{persona}`: {problem}")]
    PersonaLoad { persona: String, problem: String },
    /// A profile that the scenario does not have.
    #[error("scenario `{scenario}` has no profile `{name}`{hint}")]
    UnknownProfile { scenario: String, name: String, hint: String },
    /// A persona that the scenario does not have.
    #[error("there is no persona `{name}`{hint}")]
    UnknownPersona { name: String, hint: String },
    /// A parameter that the scenario does not have.
    #[error("there is no parameter `{name}`{hint}")]
    UnknownParam { name: String, hint: String },
    /// A value of another type than the parameter's default.
    #[error("parameter `{name}` must be {expected}, not `{value}`")]
    ParamType { name: String, expected: &'static str, value: String },
    /// A target that the scenario does not use.
    #[error("scenario `{scenario}` uses no {kind} target{of_name}{hint}")]
    UnknownTarget { scenario: String, kind: &'static str, of_name: String, hint: String },
    /// A scenario without personas.
    #[error("scenario `{scenario}` has no persona\nhint: `personas` needs at least one, with `run` or `operations`")]
    NoPersona { scenario: String },
    /// A persona without behaviour.
    #[error("persona `{persona}` does nothing\nhint: give it `run`, a function, or `operations`, a table of them")]
    NoBehaviour { persona: String },
    /// A persona that is both a flow and a mix.
    #[error(
        "persona `{persona}` has both `run` and `operations`\nhint: `run` is one flow, `operations` a weighted mix; keep one"
    )]
    TwoBehaviours { persona: String },
    /// A share, weight or number that is no positive number of a sensible size.
    #[error("persona `{persona}`: {what} must be more than 0 and at most {most}, not {value}")]
    BadNumber { persona: String, what: String, most: u64, value: String },
    /// Two ways of saying how many.
    #[error("persona `{persona}` has both `{first}` and `{second}`\nhint: {hint}")]
    TwoSizes { persona: String, first: &'static str, second: &'static str, hint: &'static str },
    /// A persona without a share among others that have one.
    #[error(
        "persona `{persona}` has no `share` although others have one\nhint: give it a `share`, or a fixed number of `users`"
    )]
    NoShare { persona: String },
    /// More fixed users than users.
    #[error(
        "{wanted} users have a fixed persona, but the load has only {users}\nhint: raise `users`, or lower the `users` of the personas"
    )]
    TooManyFixed { wanted: u64, users: u64 },
    /// Users or arrivals that nobody plays.
    #[error(
        "{what} would have no persona to play\nhint: give a persona a `share` instead of a fixed number of `users`"
    )]
    NobodyLeft { what: String },
    /// Personas with a share that would have no user at all.
    #[error(
        "persona `{persona}` has a share, but personas of a fixed number take all {users} users\nhint: raise `users`"
    )]
    NoUserLeft { persona: String, users: u64 },
    /// A load that applies to nobody.
    #[error(
        "every persona has a load of its own, so `{name}` from {place} applies to nobody\nhint: leave it out, or choose personas with `persona`"
    )]
    LoadForNobody { name: &'static str, place: &'static str },
    /// More workers than users or connections.
    #[error(
        "`workers` is {workers}, more than the {most} {what}\nhint: a worker needs at least one of its own, so that none starves"
    )]
    TooManyWorkers { workers: u64, most: u64, what: &'static str },
    /// Think, share and weight are fine, but the declaration is not.
    #[error("the environment variable `{name}` cannot be declared\nhint: names are made of letters, digits and `_`")]
    BadEnvName { name: String },
    /// A table's name is not plain.
    #[error(
        "the table `{name}` cannot be declared\nhint: names are made of letters, digits and `_`, with a dot after the schema"
    )]
    BadTableName { name: String },
}

/// Bounds in words; a most that is that of the type is none to be told.
fn bounds(least: u64, most: u64) -> String {
    match most {
        u64::MAX => format!("at least {least}"),
        most => format!("between {least} and {most}"),
    }
}
