//! A value that could not be read.

/// A text that is not the kind of value it should be. Says what was expected, with examples.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}\nhint: {hint}")]
pub struct UnitError {
    /// What was written.
    pub text: String,
    /// What it should have been, with its article: `a duration`.
    pub expected: &'static str,
    /// How to write it, with examples.
    pub hint: &'static str,
}

impl UnitError {
    /// `text` is not `expected`.
    pub fn new(text: &str, expected: &'static str, hint: &'static str) -> Self {
        Self { text: text.to_owned(), expected, hint }
    }
}
