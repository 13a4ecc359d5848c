//! What can be wrong with a suite, found before any load.

/// A suite that cannot be played. A hint, where there is one, is on a line of its own.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are what the messages say")]
pub enum SuiteError {
    /// A key that means nothing where it stands.
    #[error("there is no `{name}` in {place}{hint}")]
    UnknownKey { name: String, place: &'static str, hint: String },
    /// A value of another kind than was expected.
    #[error("`{name}`: expected {expected}, got {got}")]
    BadValue { name: String, expected: &'static str, got: String },
    /// Something without which there is no run.
    #[error("run {number} has no `{key}`\nhint: every run needs a `name` and a `scenario`")]
    Missing { number: usize, key: &'static str },
    /// A setting that is wrong, in words.
    #[error("{0}")]
    Settings(String),
    /// No run at all.
    #[error("the suite has no run\nhint: begin each with `[[runs]]`, a `name` and a `scenario`")]
    NoRuns,
    /// A name that cannot be that of a file.
    #[error("`{name}` cannot be the name of a run\nhint: use letters, digits, `_` and `-`")]
    BadName { name: String },
    /// Two runs of one name.
    #[error("two runs are called `{name}`\nhint: a run's records are kept by its name")]
    TwoRuns { name: String },
    /// Runs of one group with another between them.
    #[error("the runs of group `{group}` do not stand together\nhint: move run `{run}` to the others of its group")]
    Scattered { group: String, run: String },
    /// A run that the suite does not have.
    #[error("{place}: the suite has no run `{name}`{hint}")]
    UnknownRun { place: String, name: String, hint: String },
    /// A group that no run belongs to, or that is not described.
    #[error("{place}: there is no group `{name}`{hint}")]
    UnknownGroup { place: String, name: String, hint: String },
    /// A mode that the suite does not have.
    #[error("the suite has no mode `{name}`{hint}")]
    UnknownMode { name: String, hint: String },
    /// An environment that the suite does not have.
    #[error("the suite has no environment `{name}`{hint}")]
    UnknownEnvironment { name: String, hint: String },
    /// Nothing is left to be played.
    #[error("no run is left to be played\nhint: `only` of {place} leaves out what was asked for")]
    NothingChosen { place: String },
    /// A scale that does not shorten.
    #[error("{place}: a scale is more than 0% and at most 100%, not {value}\nhint: such as `10%`")]
    BadScale { place: String, value: String },
    /// A parameter that is no length.
    #[error("`scales`: parameter `{name}` is {got}, not a length\nhint: a length is a number, or a time such as `30s`")]
    NoLength { name: String, got: String },
    /// A parameter that the scenario does not have.
    #[error("`scales`: the scenario has no parameter `{name}`{hint}")]
    NoParam { name: String, hint: String },
}
