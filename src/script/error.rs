//! Errors that cross between Rust and Lua.
//!
//! [`Thrown`] is what the API raises into a script, typed and catchable.
//! [`classify`] turns whatever came out of a script into a class and a message
//! for the report. [`ScriptError`] is a script that could not do its part.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use mlua::Error;

use super::place::{location, placed, traceback};
use crate::drivers::Failure;
use crate::plan::Data;
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
        /// What else the script gave.
        fields: BTreeMap<String, Data>,
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
    #[error("the script ran for {seconds} s without giving way to other users")]
    Runaway {
        /// For how long.
        seconds: u64,
        /// Where it was then.
        place: Option<String>,
    },
    /// An error that an operation has already counted; the iteration must not count it again.
    #[error("{0}")]
    Counted(Rc<Error>),
}

impl Thrown {
    /// A wrong call of the API. A hint may be on a last line of the message, as errors of the plan have it.
    pub fn misuse(message: impl Into<String>) -> Self {
        let (message, hint) = split_hint(message.into());
        Self::Misuse { message, hint }
    }

    /// A wrong call of the API, with what to do about it.
    pub fn misuse_with(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Misuse { message: message.into(), hint: Some(hint.into()) }
    }

    /// An error of a kind of its own.
    pub fn raised(kind: &str, message: String) -> Self {
        Self::Raised { kind: kind.to_owned(), message, fields: BTreeMap::new() }
    }

    /// The class it is counted under; `None` if it was counted already.
    fn class(&self) -> Option<ErrorClass> {
        Some(match self {
            Self::Failure(failure) => match failure {
                Failure::Sql { code, name, .. } => ErrorClass::Sqlstate { code: code.clone(), name: name.clone() },
                Failure::Redis { word, .. } => ErrorClass::Redis(word.clone()),
                Failure::Http { fault, .. } => ErrorClass::Http(fault.to_string()),
                Failure::ConnectionLost { .. } => ErrorClass::ConnectionLost,
                Failure::Timeout { .. } => ErrorClass::Timeout,
                Failure::PoolTimeout { .. } => ErrorClass::PoolTimeout,
                Failure::Misuse { .. } => ErrorClass::ScriptBug,
            },
            Self::Check(_) => ErrorClass::CheckFailed,
            Self::Raised { kind, .. } => ErrorClass::Raised(kind.clone()),
            Self::Misuse { .. } | Self::Runaway { .. } => ErrorClass::ScriptBug,
            Self::Counted(_) => return None,
        })
    }

    /// What to do about it, where that is known.
    fn hint(&self) -> Option<&str> {
        match self {
            Self::Misuse { hint, .. } | Self::Failure(Failure::Misuse { hint, .. }) => hint.as_deref(),
            Self::Failure(Failure::Sql { fields, .. }) => {
                fields.iter().find(|(name, _)| *name == "hint").map(|(_, hint)| hint.as_str())
            }
            _ => None,
        }
    }
}

/// A message without the hint on its last line, and the hint.
fn split_hint(message: String) -> (String, Option<String>) {
    match message.split_once("\nhint: ") {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (message, None),
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
        let (message, hint) = explained(placed(location(error), plain_message(error)));
        return Classified { class: Some(ErrorClass::ScriptBug), message, hint, traceback };
    };
    if let Thrown::Counted(inner) = thrown {
        return Classified { class: None, ..classify(inner) };
    }
    let class = thrown.class();
    let message = match &class {
        Some(ErrorClass::ScriptBug) => placed(location(error), thrown.to_string()),
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
        Error::MemoryError(_) => OUT_OF_MEMORY.to_owned(),
        Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => plain_message(cause),
        Error::BadArgument { to: Some(to), name: Some(name), .. } if name == "self" => {
            format!("`{}` {NO_OBJECT}", to.rsplit(['.', ':']).next().unwrap_or(to))
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

/// What is said when Lua has no memory left.
const OUT_OF_MEMORY: &str = "out of memory: the script needs more than the `memory_limit` of one worker";

/// What is said of a method that was called like a function.
const NO_OBJECT: &str = "is a method, and was called without its object";

/// What Lua says in its own terms; what is said instead, if anything; and what to do about it.
const EXPLAINED: &[(&str, Option<&str>, &str)] = &[
    (
        "attempt to yield across a C-call boundary",
        Some("this function can't wait for anything"),
        "functions given to `table.sort`, `string.gsub`, `map:update` or a metatable can neither sleep nor query: \
         do it before",
    ),
    (
        "attempt to yield from outside a coroutine",
        Some("nothing can be waited for while the scenario's file is being loaded"),
        "move it into `setup`, `start` or an operation",
    ),
    (
        "attempt to index a function value",
        None,
        "call it with parentheses or, if it is to be a further target, name it in `needs`",
    ),
    (OUT_OF_MEMORY, None, "keep less at a time, or raise `memory_limit` in `load`"),
    (NO_OBJECT, None, "call it with a colon, as in `user.pg:query(…)`"),
];

/// A message of Lua in terms of a scenario, with a hint.
fn explained(message: String) -> (String, Option<String>) {
    match EXPLAINED.iter().find(|(said, ..)| message.contains(said)) {
        Some((said, Some(instead), hint)) => (message.replace(said, instead), Some((*hint).to_owned())),
        Some((_, None, hint)) => (message, Some((*hint).to_owned())),
        None => (message, None),
    }
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
        let message = placed(location(error), message);
        Self(Box::new(Fault { during: during.into(), class, message, hint, traceback }))
    }

    /// An error found by looking at what the script declared.
    pub fn invalid(message: impl Into<String>, hint: Option<String>) -> Self {
        let (message, own) = split_hint(message.into());
        Self(Box::new(Fault {
            during: LOADING.to_owned(),
            class: ErrorClass::ScriptBug,
            message,
            hint: hint.or(own),
            traceback: Vec::new(),
        }))
    }

    /// The same error, said to be in a file.
    pub fn within(mut self, path: &str) -> Self {
        self.0.message = placed(Some(path.to_owned()), self.0.message);
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
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScriptError {}

#[cfg(test)]
mod tests {
    use mlua::Lua;

    use super::*;

    #[test]
    fn what_lua_says_in_its_own_terms_comes_with_what_to_do() {
        let error = Lua::new().load("local redis = { cache = print } redis.cache:get()").exec().unwrap_err();
        let classified = classify(&error);
        assert!(classified.message.contains("(field 'cache')"), "{}", classified.message);
        assert!(classified.hint.is_some_and(|hint| hint.contains("`needs`")));
    }

    #[test]
    fn a_hint_on_the_last_line_of_a_message_is_told_once() {
        let error = ScriptError::invalid("a.lua: no such thing\nhint: look again", None);
        assert_eq!(error.hint.as_deref(), Some("look again"));
        assert_eq!(error.to_string(), "a.lua: no such thing\nhint: look again");
    }
}
