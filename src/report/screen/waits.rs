//! What the server's sessions are doing or waiting for, by what the monitor saw last.

use std::collections::BTreeMap;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::hand::Hand;
use super::look::Look;
use super::panel::Panel;
use super::view::View;
use crate::record::{MonitorRecord, SamplerData};
use crate::report::human;

/// The sampler that looks at what sessions do.
const SAMPLER: &str = "activity";

/// Over how long the mean is taken, so that a look at a wrong moment does not make bars jump.
const LATELY_S: f64 = 5.0;

/// An event with how many sessions were met in it, in the mean, the most first.
pub(super) type Waits = Vec<(String, f64)>;

/// The waits of the last seconds.
pub(super) fn of(seen: &MonitorRecord) -> Waits {
    let mut waits = BTreeMap::<String, f64>::new();
    let samplers = seen.sources.iter().flat_map(|source| source.samplers.iter());
    for sampler in samplers.filter(|sampler| sampler.name == SAMPLER) {
        let SamplerData::Profile(profile) = &sampler.data else { continue };
        let stretches = profile.looks_by_stretch.len();
        let lately = ((LATELY_S / profile.stretch_s.max(f64::MIN_POSITIVE)).ceil() as usize).clamp(1, stretches.max(1));
        let from = stretches.saturating_sub(lately);
        let looks: u32 = profile.looks_by_stretch.iter().skip(from).sum();
        for (event, sightings) in &profile.sightings {
            let met: u32 = sightings.iter().skip(from).sum();
            *waits.entry(event.clone()).or_default() += f64::from(met) / f64::from(looks.max(1));
        }
    }
    let mut waits: Waits = waits.into_iter().filter(|(_, sessions)| *sessions > 0.0).collect();
    waits.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    waits
}

/// Draws a bar for each event.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let (waits, room) = (&view.waits, usize::from(area.height.saturating_sub(2)));
    let from = hand.scroll_of(Panel::Waits, waits.len(), room);
    let all: f64 = waits.iter().map(|(_, sessions)| sessions).sum();
    let width = usize::from(area.width.saturating_sub(2));
    // A name, a figure of seven columns, and a bar in what is left.
    let named = (width / 2).clamp(1, 26);
    let bar = width.saturating_sub(named + 9);
    let most = waits.first().map_or(1.0, |(_, sessions)| *sessions);
    let lines = waits.iter().skip(from).take(room).map(|(event, sessions)| {
        let length = ((sessions / most) * bar as f64).round() as usize;
        let style = if event.starts_with("Lock:") { look.bad() } else { look.line(0) };
        Line::from(vec![
            Span::raw(format!(
                "{:<named$} {:>6} ",
                human::plain(event, named.saturating_sub(1)),
                human::number(*sessions)
            )),
            Span::styled("█".repeat(length), style),
        ])
    });
    let nothing = if view.watched { "nobody is at work" } else { "nothing seen yet, or nobody looks" };
    let lines: Vec<Line<'_>> = match waits.is_empty() {
        true => vec![Line::styled(nothing, look.faint())],
        false => lines.collect(),
    };
    let more = if waits.is_empty() { String::new() } else { format!("{} in the mean", human::number(all)) };
    let block = Panel::Waits.block(&more, hand.panel == Panel::Waits, look);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{ProfileRecord, SamplerRecord, SourceRecord};

    #[test]
    fn waits_are_means_of_the_last_looks_the_most_first() {
        let sightings = [("CPU", vec![90, 0, 0, 0, 0, 10]), ("Lock:tuple", vec![0, 0, 0, 0, 0, 50])];
        let profile = ProfileRecord {
            stretch_s: 1.0,
            looks_by_stretch: vec![5; 6],
            sightings: sightings.into_iter().map(|(event, met)| (event.to_owned(), met)).collect(),
            ..ProfileRecord::default()
        };
        let sampler = SamplerRecord {
            name: SAMPLER.into(),
            period_s: 0.2,
            samples: 30,
            failed: 0,
            took_us: 0,
            resets: 0,
            data: SamplerData::Profile(profile),
        };
        let source = SourceRecord { samplers: vec![sampler], ..SourceRecord::default() };
        let waits = of(&MonitorRecord { sources: vec![source], ..MonitorRecord::default() });
        assert_eq!(waits, [("Lock:tuple".to_owned(), 2.0), ("CPU".to_owned(), 0.4)]);
    }
}
