//! Which statements' plans are looked at.

use std::time::Duration;

/// The least time of a slowest execution that makes a statement slow, unless told otherwise: what the finding on slow
/// statements asks of their mean.
const SLOW: Duration = Duration::from_millis(20);

/// Which statements' plans are looked at, and what of them is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explaining {
    /// Which statements.
    pub which: Explained,
    /// How long the slowest execution of a slow statement takes at least.
    pub over: Duration,
    /// What is kept of parameters and other constants.
    pub params: ShownParams,
}

impl Default for Explaining {
    fn default() -> Self {
        Self { which: Explained::default(), over: SLOW, params: ShownParams::default() }
    }
}

impl Explaining {
    /// Whether the plan of a statement is wanted whose slowest execution took so long.
    pub fn wants(&self, slowest: Duration) -> bool {
        match self.which {
            Explained::None => false,
            Explained::Slow => slowest >= self.over,
            Explained::All => true,
        }
    }

    /// Whether any plan is looked at.
    pub fn is_on(&self) -> bool {
        self.which != Explained::None
    }
}

/// Statements whose plans are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Explained {
    /// None.
    #[default]
    None,
    /// Those that were slow.
    Slow,
    /// All with a label.
    All,
}

/// What is kept of parameters: they may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShownParams {
    /// What kind they are of, and how long.
    #[default]
    Types,
    /// Their values, and the constants in plans.
    Values,
}
