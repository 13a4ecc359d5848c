//! How much room a report has, and whether it may use colour.

/// The look of a report. Whoever prints it decides; nothing here asks the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// Columns.
    pub width: u16,
}

/// The widest a report gets, whatever the terminal: longer lines are hard to read.
const WIDEST: u16 = 100;

/// The narrowest; below it no table holds together.
const NARROWEST: u16 = 60;

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, width: WIDEST }
    }
}

impl Style {
    /// For a terminal of so many columns.
    pub fn terminal(columns: u16, colour: bool) -> Self {
        Self { colour, width: columns.clamp(NARROWEST, WIDEST) }
    }
}
