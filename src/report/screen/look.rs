//! Colours, and what stands in for them where there are none.

use ratatui::style::{Color, Modifier, Style};

use crate::record::Severity;

/// How things look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether colours may be used.
    pub colour: bool,
}

impl Look {
    /// What matters most.
    pub(super) fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What matters less.
    pub(super) fn faint(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What was chosen.
    pub(super) fn chosen(self) -> Style {
        self.hue(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// What stands out from all around it, such as a pause.
    pub(super) fn loud(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// What is wrong.
    pub(super) fn bad(self) -> Style {
        self.hue(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// What may be wrong.
    pub(super) fn doubtful(self) -> Style {
        self.hue(Color::Yellow)
    }

    /// One of several lines in a chart.
    pub(super) fn line(self, place: usize) -> Style {
        const HUES: [Color; 3] = [Color::Green, Color::Yellow, Color::Red];
        self.hue(HUES[place % HUES.len()])
    }

    /// A finding.
    pub(super) fn severity(self, severity: Severity) -> Style {
        match severity {
            Severity::Critical => self.bad(),
            Severity::Warning => self.doubtful(),
            Severity::Note => Style::new(),
        }
    }

    fn hue(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }
}
