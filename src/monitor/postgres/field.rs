//! One column of what a sampler reads, and which versions have it.

use super::super::sampler::Kind;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its name in the record.
    pub name: &'static str,
    /// The expression that gives it.
    pub sql: &'static str,
    /// What it is for.
    pub role: Role,
    since: u32,
    until: u32,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Tells one row from another.
    Key,
    /// Is said of a row.
    Note,
    /// Is counted or measured.
    Figure(Kind),
    /// Tells since when the row's counters count.
    Since,
}

impl Field {
    /// What tells one row from another.
    pub(super) const fn key(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, role: Role::Key, since: 0, until: u32::MAX }
    }

    /// What is said of a row.
    pub(super) const fn note(name: &'static str, sql: &'static str) -> Self {
        Self { role: Role::Note, ..Self::key(name, sql) }
    }

    /// What only rises.
    pub(super) const fn counter(name: &'static str, sql: &'static str) -> Self {
        Self { role: Role::Figure(Kind::Counter), ..Self::key(name, sql) }
    }

    /// What rises and falls.
    pub(super) const fn gauge(name: &'static str, sql: &'static str) -> Self {
        Self { role: Role::Figure(Kind::Gauge), ..Self::key(name, sql) }
    }

    /// Since when the row's counters count.
    pub(super) const fn counted_since(sql: &'static str) -> Self {
        Self { role: Role::Since, ..Self::key("", sql) }
    }

    /// The first version that has it.
    pub(super) const fn since(self, version: u32) -> Self {
        Self { since: version, ..self }
    }

    /// The last version that has it.
    pub(super) const fn until(self, version: u32) -> Self {
        Self { until: version, ..self }
    }

    /// Whether a version has it.
    pub(super) fn is_in(&self, version: u32) -> bool {
        (self.since..=self.until).contains(&version)
    }
}
