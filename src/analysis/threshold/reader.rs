//! Going through a rule's text, place by place.

use super::RuleError;

/// A place in the rule.
pub(super) type Place = (usize, usize);

/// What of a rule is still to be read.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes characters while they are `wanted`.
    pub(super) fn take(&mut self, wanted: impl Fn(char) -> bool) -> (&'a str, Place) {
        self.blank();
        let from = self.at;
        let length = self.rest().find(|c| !wanted(c)).unwrap_or(self.rest().len());
        self.at += length;
        (&self.text[from..self.at], (from, self.at))
    }

    /// Takes a name with its dots.
    pub(super) fn word(&mut self) -> (&'a str, Place) {
        self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '/'))
    }

    /// Takes `symbol` if it comes next.
    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(symbol);
        if found {
            self.at += symbol.len();
        }
        found
    }

    pub(super) fn error(&self, (from, to): Place, message: impl Into<String>, hint: Option<&str>) -> RuleError {
        RuleError { rule: self.text.to_owned(), from, to, message: message.into(), hint: hint.map(str::to_owned) }
    }

    /// The place of what comes next.
    pub(super) fn next_place(&mut self) -> Place {
        self.blank();
        let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        (self.at, self.at + length)
    }
}
