//! What a checklist is made of.

use serde::Serialize;

/// How a check turned out, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Note,
    /// A run is possible, but would tell less, or be more easily disturbed.
    Warn,
    /// It stands in the way of a run.
    Fail,
}

/// One line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What was looked at, such as `pg_stat_statements`.
    pub check: &'static str,
    /// How it turned out.
    pub state: State,
    /// What was found, never with a password.
    pub found: String,
    /// The command to run or the setting to change, where there is one.
    pub fix: Option<String>,
}

impl Item {
    /// As it should be.
    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, state: State::Ok, found: found.into(), fix: None }
    }

    /// Worth knowing.
    pub fn note(check: &'static str, found: impl Into<String>) -> Self {
        Self { state: State::Note, ..Self::ok(check, found) }
    }

    /// Better mended.
    pub fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, state: State::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    /// In the way of a run.
    pub fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { state: State::Fail, ..Self::warn(check, found, fix) }
    }
}

/// The checklist of one target, or of the machine that throng runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// The target's name; `machine` for the one that throng runs on.
    pub subject: String,
    /// `postgres`, `redis`, `http` or `machine`.
    pub kind: &'static str,
    /// Where it is, without a password; empty for the machine.
    pub address: String,
    /// What was found.
    pub items: Vec<Item>,
}

impl Checklist {
    /// Whether nothing in it stands in the way of a run.
    pub fn is_ready(&self) -> bool {
        self.count(State::Fail) == 0
    }

    /// How many of its items turned out so.
    pub fn count(&self, state: State) -> usize {
        self.items.iter().filter(|item| item.state == state).count()
    }
}
