//! On top: what is played, how far it has come, and how it fares.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::look::Look;
use super::view::View;
use crate::record::{Progress, WARM_UP};
use crate::report::human;

/// Draws as many of its lines as there is room for.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, look: Look) {
    let lines = vec![what(view, look), how_far(view, look), how(view, look)];
    // What changes comes before what is known.
    let lines = if area.height < 3 { lines.into_iter().skip(1).collect() } else { lines };
    frame.render_widget(Paragraph::new(lines), area);
}

/// The scenario and its load.
fn what(view: &View, look: Look) -> Line<'static> {
    let title = if view.title.is_empty() { "throng" } else { &view.title };
    Line::from(vec![Span::styled(format!("{title}  "), look.strong()), Span::styled(view.load.clone(), look.faint())])
}

/// Phase, time or iterations gone by and left.
fn how_far(view: &View, look: Look) -> Line<'static> {
    let mut spans = Vec::new();
    match (&view.ending, view.paused) {
        (Some(why), _) => spans.push(Span::styled(format!(" {why} "), look.loud())),
        (None, true) => spans.push(Span::styled(" paused: p goes on ", look.loud())),
        (None, false) => {}
    }
    let Some(progress) = &view.progress else {
        spans.push(Span::raw(view.stage.clone()));
        return Line::from(spans);
    };
    if !spans.is_empty() {
        spans.push(Span::raw("  "));
    }
    let phase = if progress.phase == WARM_UP { "warm-up, not counted" } else { progress.phase.as_str() };
    let place = if view.is_playing() { phase.to_owned() } else { view.stage.clone() };
    spans.push(Span::styled(place, look.chosen()));
    spans.push(Span::raw(format!("  {} gone{}", human::clock(progress.elapsed_s), left(progress))));
    if let Some(fraction) = progress.fraction() {
        const WIDE: usize = 20;
        let done = (fraction * WIDE as f64) as usize;
        spans.push(Span::raw(format!("  {:3.0} % ", 100.0 * fraction)));
        spans.push(Span::styled("━".repeat(done), look.line(0)));
        spans.push(Span::styled("┄".repeat(WIDE - done), look.faint()));
    }
    Line::from(spans)
}

fn left(progress: &Progress) -> String {
    match (progress.left_s(), progress.of_iterations) {
        (Some(left), _) => format!(", {} left", human::clock(left)),
        (None, Some(all)) => {
            format!(", {} left", human::things(all.saturating_sub(progress.iterations), "iteration"))
        }
        (None, None) => String::new(),
    }
}

/// Users, throughput, p95, errors, and what was steered.
fn how(view: &View, look: Look) -> Line<'static> {
    let mut spans = Vec::new();
    if let Some(progress) = &view.progress {
        let errors = human::things(progress.errors, "error");
        spans.push(Span::raw(format!(
            "{}  {}  p95 {}  ",
            human::things(progress.users, "user"),
            human::rate(progress.throughput_per_s),
            if progress.p95_us > 0 { human::time_us(progress.p95_us as f64) } else { "–".to_owned() }
        )));
        spans.push(if progress.errors > 0 { Span::styled(errors, look.bad()) } else { Span::raw(errors) });
        for (target, now, planned) in &progress.given_up {
            spans.push(Span::styled(format!("  {target}: {now} of {planned} connections"), look.doubtful()));
        }
    }
    if let Some(said) = &view.said {
        spans.push(Span::styled(format!("  {said}"), look.doubtful()));
    }
    Line::from(spans)
}
