//! Errors that cross between Rust and Lua.
//!
//! [`Thrown`] is what the API raises into a script, typed and catchable.
//! [`classify`] turns whatever came out of a script into a class and a message
//! for the report. [`ScriptError`] is a script that could not do its part.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use mlua::Error;

use crate::drivers::Failure;
use crate::stats::ErrorClass;

/// What the API raises into a script.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Thrown {
    /// The target, or the way to it, failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// `user:check` found something wrong.
    #[error("{0}")]
    Check(String),
    /// The script raised an error of its own kind: `error({ kind = …, message = … })`.
    #[error("{message}")]
    Raised {
        /// The kind that the script gave.
        kind: String,
        /// Its message.
        message: String,
    },
    /// The script called the API wrongly.
    #[error("{message}")]
    Misuse {
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The script ran for too long without giving way.
    #[error("the script ran for {0} s without giving way to other users")]
    Runaway(u64),
    /// An error that an operation has already counted; the iteration must not count it again.
    #[error("{0}")]
    Counted(Rc<Error>),
}

impl Thrown {
    /// A wrong call of the API.
    pub fn misuse(message: impl Into<String>) -> Self {
        Self::Misuse { message: message.into(), hint: None }
    }

    /// A wrong call of the API, with what to do about it.
    pub fn misuse_with(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Misuse { message: message.into(), hint: Some(hint.into()) }
    }

    /// The class it is counted under; `None` if it was counted already.
    fn class(&self) -> Option<ErrorClass> {
        Some(match self {
            Self::Failure(failure) => match failure {
                Failure::Sql { code, name, .. } => ErrorClass::Sqlstate { code: code.clone(), name: name.clone() },
                Failure::Redis { word, .. } => ErrorClass::Redis(word.clone()),
                Failure::ConnectionLost { .. } => ErrorClass::ConnectionLost,
                Failure::Timeout { .. } => ErrorClass::Timeout,
                Failure::PoolTimeout { .. } => ErrorClass::PoolTimeout,
                Failure::Misuse { .. } => ErrorClass::ScriptBug,
            },
            Self::Check(_) => ErrorClass::CheckFailed,
            Self::Raised { kind, .. } => ErrorClass::Raised(kind.clone()),
            Self::Misuse { .. } | Self::Runaway(_) => ErrorClass::ScriptBug,
            Self::Counted(_) => return None,
        })
    }

    /// What to do about it, where that is known.
    fn hint(&self) -> Option<&str> {
        match self {
            Self::Misuse { hint, .. } | Self::Failure(Failure::Misuse { hint, .. }) => hint.as_deref(),
            _ => None,
        }
    }
}

impl From<Thrown> for Error {
    fn from(thrown: Thrown) -> Self {
        Error::external(thrown)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Thrown::from(failure).into()
    }
}

/// An error as the report counts and shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// The class; `None` if an operation has counted the error already.
    pub class: Option<ErrorClass>,
    /// What went wrong, with file and line where the script is to blame.
    pub message: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
    /// Calls that led there, innermost first, the host's own frames left out; empty if unknown.
    pub traceback: Vec<String>,
}

/// Says what kind of error came out of a script.
pub fn classify(error: &Error) -> Classified {
    let traceback = traceback(error);
    let Some(thrown) = thrown(error) else {
        return Classified { class: Some(ErrorClass::ScriptBug), message: plain_message(error), hint: None, traceback };
    };
    if let Thrown::Counted(inner) = thrown {
        return Classified { class: None, ..classify(inner) };
    }
    let class = thrown.class();
    let message = match (&class, traceback.first().and_then(|frame| place(frame))) {
        (Some(ErrorClass::ScriptBug), Some(place)) => format!("{place}: {thrown}"),
        _ => thrown.to_string(),
    };
    Classified { class, message, hint: thrown.hint().map(str::to_owned), traceback }
}

/// The typed error inside, if the API raised it.
pub fn thrown(error: &Error) -> Option<&Thrown> {
    match error {
        Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => thrown(cause),
        Error::ExternalError(external) => external.downcast_ref(),
        _ => None,
    }
}

/// The message of an error that Lua itself, or a conversion of an argument, raised.
fn plain_message(error: &Error) -> String {
    match error {
        Error::RuntimeError(message) => without_traceback(message).to_owned(),
        Error::SyntaxError { message, .. } => message.clone(),
        Error::MemoryError(_) => "out of memory: the scenario's `limits.memory` for one worker is used up".to_owned(),
        Error::CallbackError { traceback, cause } => {
            let place = frames(traceback).first().and_then(|frame| place(frame).map(str::to_owned));
            match (place, &**cause) {
                (_, Error::MemoryError(_) | Error::CallbackError { .. }) | (None, _) => plain_message(cause),
                (Some(place), cause) => format!("{place}: {}", plain_message(cause)),
            }
        }
        Error::BadArgument { to, pos, cause, .. } => {
            let function = to.as_deref().map(|name| format!(" to `{name}`")).unwrap_or_default();
            format!("bad argument #{pos}{function}: {}", plain_message(cause))
        }
        Error::FromLuaConversionError { from, to, message } => {
            let detail = message.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
            format!("expected {to}, got {from}{detail}")
        }
        other => other.to_string(),
    }
}

fn without_traceback(message: &str) -> &str {
    message.split("\nstack traceback:").next().unwrap_or(message)
}

fn traceback(error: &Error) -> Vec<String> {
    match error {
        Error::CallbackError { traceback, cause } => {
            let inner = self::traceback(cause);
            if inner.is_empty() { frames(traceback) } else { inner }
        }
        Error::WithContext { cause, .. } => traceback(cause),
        Error::RuntimeError(message) => frames(message),
        Error::ExternalError(external) => match external.downcast_ref() {
            Some(Thrown::Counted(inner)) => traceback(inner),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The frames of a Lua traceback that are a script's, as `file:line: in …`.
fn frames(traceback: &str) -> Vec<String> {
    let Some((_, stack)) = traceback.split_once("stack traceback:") else { return Vec::new() };
    stack
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("[C]") && !line.starts_with("...\t"))
        .filter(|line| !line.starts_with("__mlua") && !line.starts_with(super::state::PRELUDE_NAME))
        .filter(|line| place(line).is_some())
        .map(|line| line.replace("<", "`").replace(">", "`"))
        .collect()
}

/// `file:line` at the start of a frame or message.
fn place(frame: &str) -> Option<&str> {
    let (file, rest) = frame.split_once(':')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &frame[..file.len() + 1 + digits])
}

/// A script that could not do its part of a run. Boxed, because every result on the way carries room for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError(Box<Fault>);

/// What a [`ScriptError`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in a scenario's life it happened, such as `setup` or ``operation `list_members` ``.
    pub during: String,
    /// What kind of error it is.
    pub class: ErrorClass,
    /// What went wrong.
    pub message: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
    /// Calls that led there, innermost first.
    pub traceback: Vec<String>,
}

impl ScriptError {
    /// An error that came out of Lua.
    pub fn new(during: impl Into<String>, error: &Error) -> Self {
        let Classified { class, message, hint, traceback } = classify(error);
        let class = class.unwrap_or(ErrorClass::ScriptBug);
        Self(Box::new(Fault { during: during.into(), class, message, hint, traceback }))
    }

    /// An error found by looking at what the script declared.
    pub fn invalid(message: impl Into<String>, hint: Option<String>) -> Self {
        Self(Box::new(Fault {
            during: LOADING.to_owned(),
            class: ErrorClass::ScriptBug,
            message: message.into(),
            hint,
            traceback: Vec::new(),
        }))
    }

    /// The same error, said to be in a file.
    pub fn within(mut self, path: &str) -> Self {
        self.0.message = format!("{path}: {}", self.0.message);
        self
    }
}

impl Deref for ScriptError {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

/// The part of a scenario's life in which its file is loaded; an error in it needs no word on when it happened.
const LOADING: &str = "loading";

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.during != LOADING {
            write!(f, " (in {})", self.during)?;
        }
        // One frame says no more than the message does.
        if self.traceback.len() > 1 {
            for frame in &self.traceback {
                write!(f, "\n    {frame}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ScriptError {}
