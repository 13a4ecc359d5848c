//! What the type of a setting must be able to do.

use std::time::Duration;

use super::super::load::{Arrivals, Overflow, Stage, Stages};
use super::super::target::{PoolSharing, StatementMode};
use super::super::units::{Rate, UnitError, duration_of_seconds, format_duration, parse_duration};
use super::super::{Data, Origin, Think};
use super::Input;

/// Why a value is not what its setting needs: one line, and perhaps a hint on the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(pub(super) String);

impl From<UnitError> for Problem {
    fn from(error: UnitError) -> Self {
        Self(error.to_string())
    }
}

impl Problem {
    /// Another kind of value came than was expected.
    pub(super) fn expected(what: &str, input: Input<'_>) -> Self {
        Self(format!("expected {what}, got {}", input.describe()))
    }
}

/// How a value of a setting is written as a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// What stands for the value in help: `TIME`.
    pub placeholder: &'static str,
    /// Whether the flag may be given several times, so that the values add up.
    pub many: bool,
}

impl Form {
    /// One value.
    pub(super) const fn one(placeholder: &'static str) -> Self {
        Self { placeholder, many: false }
    }

    /// Values that add up.
    pub(super) const fn many(placeholder: &'static str) -> Self {
        Self { placeholder, many: true }
    }
}

/// A type of settings: read from what was written, shown in a plan, layered.
pub trait Value: Sized + Clone {
    /// How it is written as a flag.
    const FORM: Form;

    /// Reads what was written.
    fn read(input: Input<'_>) -> Result<Self, Problem>;

    /// Shows it the way it is written.
    fn show(&self) -> String;

    /// This one, set in a layer of `origin`, over what a weaker layer set. Replaces it, unless the type adds up.
    fn over(self, _weaker: Self, _origin: Origin) -> Self {
        self
    }
}

impl Value for u64 {
    const FORM: Form = Form::one("N");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let too_large = input.text().is_some_and(digits);
        let expected = if too_large { "a whole number below 2^64" } else { "a whole number, not negative" };
        input.count().ok_or_else(|| Problem::expected(expected, input))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Duration {
    const FORM: Form = Form::one("TIME");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        match input {
            Input::Typed(Data::Int(seconds)) => of_seconds(*seconds as f64, input),
            Input::Typed(Data::Float(seconds)) => of_seconds(*seconds, input),
            _ => match input.text() {
                Some(text) => Ok(parse_duration(text)?),
                None => Err(Problem::expected("a duration such as `\"150ms\"`", input)),
            },
        }
    }

    fn show(&self) -> String {
        format_duration(*self)
    }
}

fn of_seconds(seconds: f64, input: Input<'_>) -> Result<Duration, Problem> {
    duration_of_seconds(seconds).ok_or_else(|| Problem::expected("a duration", input))
}

impl Value for Rate {
    const FORM: Form = Form::one("N/s");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        match input.text() {
            Some(text) => Ok(text.parse()?),
            None => Err(Problem::expected("a rate such as `\"500/s\"`", input)),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Think {
    const FORM: Form = Form::one("TIME");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        match input.text() {
            Some(text) => Ok(text.parse()?),
            None => Err(Problem::expected("a think time such as `\"50ms..150ms\"`", input)),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// One stage as written: a duration and a level.
enum OneStage {
    Users(Stage<u64>),
    Rate(Stage<Rate>),
}

const STAGE_EXPECTED: &str = "a stage such as `1m:50` or `1m:500/s`";

impl OneStage {
    fn read(input: Input<'_>) -> Result<Self, Problem> {
        if let Input::Typed(Data::Map(fields)) = input {
            let unknown = fields.keys().find(|key| !["1", "duration", "users", "rate"].contains(&key.as_str()));
            let duration = fields.get("1").or_else(|| fields.get("duration"));
            return match (unknown, duration, fields.get("users"), fields.get("rate")) {
                (None, Some(duration), Some(users), None) => Self::users(Input::Typed(duration), Input::Typed(users)),
                (None, Some(duration), None, Some(rate)) => Self::rate(Input::Typed(duration), Input::Typed(rate)),
                _ => Err(Problem(
                    "expected a stage such as `{ \"1m\", users = 50 }` or `{ \"1m\", rate = \"500/s\" }`".to_owned(),
                )),
            };
        }
        let text = input.text().ok_or_else(|| Problem::expected(STAGE_EXPECTED, input))?;
        match text.split_once(':') {
            Some((duration, level)) if level.contains('/') => Self::rate(Input::Text(duration), Input::Text(level)),
            Some((duration, level)) => Self::users(Input::Text(duration), Input::Text(level)),
            None => Err(Problem::expected(STAGE_EXPECTED, input)),
        }
    }

    fn users(duration: Input<'_>, users: Input<'_>) -> Result<Self, Problem> {
        Ok(Self::Users(Stage { duration: Duration::read(duration)?, to: u64::read(users)? }))
    }

    fn rate(duration: Input<'_>, rate: Input<'_>) -> Result<Self, Problem> {
        Ok(Self::Rate(Stage { duration: Duration::read(duration)?, to: Rate::read(rate)? }))
    }
}

impl Value for Stages {
    const FORM: Form = Form::many("TIME:LEVEL");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        let stages: Vec<OneStage> = match input {
            Input::Typed(Data::List(items)) => items.iter().map(|item| OneStage::read(Input::Typed(item))).collect(),
            Input::Text(text) => text.split(',').map(|item| OneStage::read(Input::Text(item.trim()))).collect(),
            Input::Typed(_) => Err(Problem::expected("a list of stages", input)),
        }?;
        let (mut users, mut rates) = (Vec::new(), Vec::new());
        for stage in stages {
            match stage {
                OneStage::Users(stage) => users.push(stage),
                OneStage::Rate(stage) => rates.push(stage),
            }
        }
        match (users.is_empty(), rates.is_empty()) {
            (false, false) => Err(Problem("stages are either all of users or all of a rate".to_owned())),
            (true, false) => Ok(Self::Rate(rates)),
            _ => Ok(Self::Users(users)),
        }
    }

    fn show(&self) -> String {
        let stages: Vec<String> = match self {
            Self::Users(stages) => stages.iter().map(|s| format!("{}:{}", format_duration(s.duration), s.to)).collect(),
            Self::Rate(stages) => stages.iter().map(|s| format!("{}:{}", format_duration(s.duration), s.to)).collect(),
        };
        stages.join(", ")
    }
}

/// Settings that are one of a few words.
macro_rules! choice {
    ($type:ty, $($word:literal => $value:expr),+) => {
        impl Value for $type {
            const FORM: Form = Form::one("HOW");

            fn read(input: Input<'_>) -> Result<Self, Problem> {
                match input.text() {
                    $(Some($word) => Ok($value),)+
                    _ => Err(Problem::expected(&[$(concat!("`", $word, "`")),+].join(" or "), input)),
                }
            }

            fn show(&self) -> String {
                $(if *self == $value { return $word.to_owned(); })+
                unreachable!("every value has its word")
            }
        }
    };
}
pub(super) use choice;

choice!(Arrivals, "regular" => Arrivals::Regular, "poisson" => Arrivals::Poisson);
choice!(Overflow, "queue" => Overflow::Queue, "drop" => Overflow::Drop);
choice!(PoolSharing, "shared" => PoolSharing::Shared, "persona" => PoolSharing::Persona, "user" => PoolSharing::User);
choice!(StatementMode, "prepared" => StatementMode::Prepared, "unnamed" => StatementMode::Unnamed, "simple" => StatementMode::Simple);
