//! Where in a script something happened, as `file:line`: for errors and for lines of the log.

use mlua::{Error, ErrorContext, Function, Lua};

use super::error::{Thrown, thrown};
use super::state::PRELUDE_NAME;

/// How the paths of the modules begin that throng brings; an error is their caller's, not theirs.
const STDLIB: &str = "stdlib/";

/// How far up the stack the script may be that called a function of the API.
const LEVELS: usize = 8;

/// The error, with the place where `function` is defined if it has none of its own.
pub fn located(error: Error, function: &Function) -> Error {
    let info = function.info();
    let context = match (info.what, info.short_src, info.line_defined) {
        ("Lua", Some(file), Some(line)) if file != PRELUDE_NAME => format!("{file}:{line}"),
        ("main", Some(file), _) => file,
        _ => return error,
    };
    if location(&error).is_some() {
        return error;
    }
    error.context(context)
}

/// The place to blame for an error, if one is known.
pub fn location(error: &Error) -> Option<String> {
    if let Some(Thrown::Runaway { place: Some(place), .. }) = thrown(error) {
        return Some(place.clone());
    }
    let frames = traceback(error);
    let own = frames.iter().find(|frame| !frame.starts_with(STDLIB)).or(frames.first());
    own.and_then(|frame| place(frame)).map(str::to_owned).or_else(|| context(error))
}

/// The place that [`located`] added.
fn context(error: &Error) -> Option<String> {
    match error {
        Error::WithContext { context, .. } => Some(context.clone()),
        Error::CallbackError { cause, .. } => context(cause),
        Error::ExternalError(external) => match external.downcast_ref() {
            Some(Thrown::Counted(inner)) => context(inner),
            _ => None,
        },
        _ => None,
    }
}

/// A message with the place in front, unless it has one already.
pub fn placed(place: Option<String>, message: String) -> String {
    match place {
        Some(place) if self::place(&message).is_none() => format!("{place}: {message}"),
        _ => message,
    }
}

/// The calls that led to an error, innermost first, the host's own left out; empty if unknown.
pub fn traceback(error: &Error) -> Vec<String> {
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
        .filter(|line| !line.starts_with(PRELUDE_NAME))
        .filter(|line| place(line).is_some())
        .map(|line| line.replace("<", "`").replace(">", "`"))
        .collect()
}

/// `file:line` at the start of a frame or message.
pub fn place(frame: &str) -> Option<&str> {
    let (file, rest) = frame.split_once(':')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && rest[digits..].starts_with(':')).then(|| &frame[..file.len() + 1 + digits])
}

/// Where the script is that runs just now.
pub fn current(lua: &Lua) -> Option<String> {
    let at = |level| {
        lua.inspect_stack(level, |frame| {
            let (line, file) = (frame.current_line()?, frame.source().short_src?);
            (file != PRELUDE_NAME).then(|| format!("{file}:{line}"))
        })
    };
    // The lowest levels may be the host's own functions, which have no line.
    (0..LEVELS).find_map(|level| at(level).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_and_a_line_before_a_colon() {
        assert_eq!(place("a/b.lua:12: in function `f`"), Some("a/b.lua:12"));
        for other in ["expected 5:30", "oops", "`a`: oops", "a.lua: oops"] {
            assert_eq!(place(other), None, "{other}");
        }
    }

    #[test]
    fn a_message_has_one_place() {
        assert_eq!(placed(Some("a.lua:1".into()), "oops".into()), "a.lua:1: oops");
        assert_eq!(placed(Some("a.lua:1".into()), "b.lua:2: oops".into()), "b.lua:2: oops");
    }
}
