//! The panels, their order and their frames.

use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use super::look::Look;

/// A part of the screen that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Panel {
    Operations,
    Throughput,
    Response,
    Errors,
    Pools,
    Waits,
    Findings,
    Log,
}

impl Panel {
    /// In the order in which they are chosen.
    pub(super) const ALL: [Self; 8] = [
        Self::Operations,
        Self::Throughput,
        Self::Response,
        Self::Errors,
        Self::Pools,
        Self::Waits,
        Self::Findings,
        Self::Log,
    ];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Operations => "Operations",
            Self::Throughput => "Throughput",
            Self::Response => "Response times",
            Self::Errors => "Errors",
            Self::Pools => "Pools",
            Self::Waits => "Sessions: what they wait for",
            Self::Findings => "Findings so far",
            Self::Log => "Log",
        }
    }

    /// Its frame, with what else stands in the title.
    pub(super) fn block(self, more: &str, chosen: bool, look: Look) -> Block<'static> {
        let more = if more.is_empty() { Vec::new() } else { vec![Span::styled(format!("{more} "), look.faint())] };
        self.block_with(more, chosen, look)
    }

    /// The same with something that has a look of its own.
    pub(super) fn block_with(self, more: Vec<Span<'static>>, chosen: bool, look: Look) -> Block<'static> {
        let style = if chosen { look.chosen() } else { look.strong() };
        let mut title = vec![Span::styled(format!(" {} ", self.title()), style)];
        title.extend(more);
        let border = if chosen { look.chosen() } else { look.faint() };
        Block::bordered().border_style(border).title(Line::from(title))
    }
}
