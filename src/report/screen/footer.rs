//! At the bottom: the keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::look::Look;
use super::view::{Steers, View};

/// Draws as many keys as there is room for, those that steer first.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, look: Look) {
    let change = match view.steers {
        Steers::Users => ("+ - [ ]", "users"),
        Steers::Rate => ("+ - [ ]", "rate"),
        // What is to be played is not known yet.
        Steers::Nothing if view.title.is_empty() => ("", ""),
        Steers::Nothing => ("", "iterations are fixed, so are the users"),
    };
    let pause = ("p", if view.paused { "go on" } else { "pause" });
    let keys = [pause, ("q", "stop"), change, ("Tab", "panel"), ("← →", "sort"), ("Enter", "alone"), ("?", "help")];
    let mut spans = Vec::new();
    for (key, does) in keys.into_iter().filter(|(_, does)| !does.is_empty()) {
        if !key.is_empty() {
            spans.push(Span::styled(format!(" {key} "), look.loud()));
        }
        spans.push(Span::raw(format!(" {does}  ")));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}
