//! What the keys do, in full.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::look::Look;
use super::view::{Steers, View};

/// Draws a box in the middle of `area`.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, look: Look) {
    let change = match view.steers {
        Steers::Users => "a tenth more or fewer users; ] and [ one more or fewer",
        Steers::Rate => "a tenth more or fewer arrivals; ] and [ one a second",
        Steers::Nothing => "nothing: a load of so many iterations keeps its users",
    };
    let keys = [
        ("p", "pause or go on: nobody begins anything meanwhile, and the end moves"),
        ("q Esc", "stop, and what is under way may finish; again: at once. Ctrl-C too"),
        ("+ -", change),
        ("Tab", "the next panel; Shift-Tab the one before; Enter shows it alone"),
        ("← →", "sort operations by another column"),
        ("↑ ↓", "scroll the panel that was chosen"),
        ("?", "this, or away with it"),
    ];
    let mut lines: Vec<Line<'_>> = keys
        .iter()
        .map(|(key, does)| Line::from(vec![Span::styled(format!("{key:>6}  "), look.chosen()), Span::raw(*does)]))
        .collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled("        what is steered stands in the record, and the report says so", look.faint()));
    let (width, height) = (82.min(area.width), (lines.len() as u16 + 2).min(area.height));
    let middle = Rect::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height);
    frame.render_widget(Clear, middle);
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" Keys ")), middle);
}
