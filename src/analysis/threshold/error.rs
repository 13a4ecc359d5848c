//! A rule that cannot be read.

use std::fmt;

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RuleError {
    /// The rule.
    pub rule: String,
    /// The first byte of the place.
    pub from: usize,
    /// One past its last byte.
    pub to: usize,
    /// What is wrong there.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.rule[..self.from].chars().count();
        let under = self.rule[self.from..self.to].chars().count().max(1);
        writeln!(f, "threshold: {}", self.message)?;
        writeln!(f, "  {}", self.rule)?;
        write!(f, "  {}{}", " ".repeat(before), "^".repeat(under))?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}
