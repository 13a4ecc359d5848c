//! Panels that are lists: errors, pools, findings, log.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::hand::Hand;
use super::look::Look;
use super::panel::Panel;
use super::view::View;
use crate::report::human;

/// The longest line; what a panel has no room for is cut off there.
const LONGEST: usize = 300;

/// Draws errors by class.
pub(super) fn errors(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let line = |(class, count): &(String, u64)| {
        Line::from(vec![Span::styled(format!("{:>9} ", human::count(*count)), look.bad()), Span::raw(class.clone())])
    };
    let lines = view.errors.iter().map(line).collect();
    list(frame, area, (Panel::Errors, hand), lines, "none", look);
}

/// Draws connections in use and users who wait for one.
pub(super) fn pools(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let line = |pool: &super::view::Pool| {
        let used = format!("{:>5}/{:<5} ", human::count(pool.in_use), human::count(pool.size));
        let waiting = match pool.waiters {
            0 => Span::styled("nobody waits  ", look.faint()),
            waiters => Span::styled(format!("{} wait  ", human::count(waiters)), look.bad()),
        };
        Line::from(vec![Span::styled(used, look.strong()), waiting, Span::raw(pool.name.clone())])
    };
    let lines = view.pools.iter().map(line).collect();
    list(frame, area, (Panel::Pools, hand), lines, "none yet", look);
}

/// Draws what the rules find in the record so far.
pub(super) fn findings(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let mut lines = Vec::new();
    for finding in &view.findings {
        let severity = Span::styled(format!("{:<8} ", finding.severity.name()), look.severity(finding.severity));
        lines.push(Line::from(vec![severity, Span::raw(human::plain(&finding.title, LONGEST))]));
        lines.push(Line::styled(format!("→ {}", human::plain(&finding.action, LONGEST)), look.faint()));
    }
    list(frame, area, (Panel::Findings, hand), lines, "none", look);
}

/// Draws what scripts logged, the latest last.
pub(super) fn log(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let room = usize::from(area.height.saturating_sub(2));
    let up = hand.scroll_of(Panel::Log, view.log.len(), room);
    let from = view.log.len().saturating_sub(room + up);
    let lines = view.log.iter().skip(from).take(room).map(|line| Line::raw(human::plain(line, LONGEST))).collect();
    frame.render_widget(
        Paragraph::new(or_nothing(lines, "nothing", look)).block(Panel::Log.block("", hand.panel == Panel::Log, look)),
        area,
    );
}

fn list(
    frame: &mut Frame<'_>,
    area: Rect,
    (panel, hand): (Panel, &Hand),
    lines: Vec<Line<'static>>,
    nothing: &'static str,
    look: Look,
) {
    let room = usize::from(area.height.saturating_sub(2));
    let from = hand.scroll_of(panel, lines.len(), room);
    let more = if lines.len() > room + from { "↓ more".to_owned() } else { String::new() };
    let lines: Vec<Line<'_>> = lines.into_iter().skip(from).take(room).collect();
    let block = panel.block(&more, hand.panel == panel, look);
    let list = Paragraph::new(or_nothing(lines, nothing, look)).wrap(Wrap { trim: true }).block(block);
    frame.render_widget(list, area);
}

fn or_nothing<'a>(lines: Vec<Line<'a>>, nothing: &'static str, look: Look) -> Vec<Line<'a>> {
    if lines.is_empty() { vec![Line::styled(nothing, look.faint())] } else { lines }
}
