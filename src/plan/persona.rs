//! Personas as the plan sees them: names, shares and thinking, no behaviour.

use super::Think;

/// One kind of user.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonaPlan {
    /// The name in the scenario.
    pub name: String,
    /// Whether it is a weighted mix of operations (`true`) or one flow (`false`).
    pub mix: bool,
    /// How long a user of it thinks after each iteration.
    pub think: Think,
}

/// Which persona each user or arrival of a group plays, from its number alone.
///
/// `cycle[number % cycle.len()]` is an index into [`super::Plan::personas`].
/// For a closed group the cycle has one entry a user, so the shares are exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Persona index by position in the cycle; never empty.
    pub cycle: Vec<u16>,
}

impl Assignment {
    /// The persona index of user or arrival `number`.
    pub fn persona(&self, number: u64) -> usize {
        usize::from(self.cycle[(number % self.cycle.len() as u64) as usize])
    }
}
