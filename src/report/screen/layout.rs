//! Which panels there is room for, and where they stand.

use ratatui::layout::{Constraint, Layout, Rect};

use super::hand::Hand;
use super::panel::Panel;

/// From so many columns on there are two side by side.
const WIDE: u16 = 110;

/// From so many lines on there is room for more than one row of panels.
const HIGH: u16 = 18;

/// Below so many lines there is room for nothing but figures.
const LOW: u16 = 8;

/// The parts of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) header: Rect,
    pub(super) panels: Vec<(Panel, Rect)>,
    pub(super) footer: Rect,
}

/// Divides a screen of any size; what does not fit has no lines.
pub(super) fn places(area: Rect, hand: &Hand) -> Places {
    let header = match area.height {
        0..=1 => 1,
        2..LOW => 2,
        _ => 3,
    };
    let footer = u16::from(area.height > 3);
    let parts = [Constraint::Length(header), Constraint::Fill(1), Constraint::Length(footer)];
    let [header, body, footer] = Layout::vertical(parts).areas(area);
    Places { header, panels: panels(body, hand), footer }
}

fn panels(body: Rect, hand: &Hand) -> Vec<(Panel, Rect)> {
    if body.height < 3 || body.width < 10 {
        return Vec::new();
    }
    if hand.alone {
        return vec![(hand.panel, body)];
    }
    match (body.width >= WIDE, body.height >= HIGH) {
        (true, true) => two_columns(body),
        (false, true) => one_column(body, hand),
        (true, false) => {
            let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(body);
            vec![(Panel::Operations, left), (beside(hand), right)]
        }
        (false, false) => vec![(hand.panel, body)],
    }
}

/// What stands beside the operations where there is room for one: what was chosen, or response times.
fn beside(hand: &Hand) -> Panel {
    if hand.panel == Panel::Operations { Panel::Response } else { hand.panel }
}

fn two_columns(body: Rect) -> Vec<(Panel, Rect)> {
    let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(body);
    let [throughput, response, operations] =
        Layout::vertical([Constraint::Fill(2), Constraint::Fill(2), Constraint::Fill(3)]).areas(left);
    let [errors, pools, waits, findings, log] = Layout::vertical([
        Constraint::Fill(3),
        Constraint::Length(4),
        Constraint::Fill(4),
        Constraint::Fill(4),
        Constraint::Fill(3),
    ])
    .areas(right);
    vec![
        (Panel::Throughput, throughput),
        (Panel::Response, response),
        (Panel::Operations, operations),
        (Panel::Errors, errors),
        (Panel::Pools, pools),
        (Panel::Waits, waits),
        (Panel::Findings, findings),
        (Panel::Log, log),
    ]
}

/// Charts, operations, and a row for what was chosen of the rest.
fn one_column(body: Rect, hand: &Hand) -> Vec<(Panel, Rect)> {
    let charts = if body.height >= 2 * HIGH { 12 } else { 8 };
    let rows = [Constraint::Length(charts), Constraint::Fill(3), Constraint::Fill(2)];
    let [charts, operations, rest] = Layout::vertical(rows).areas(body);
    let [throughput, response] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(charts);
    let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(rest);
    let (one, other) = match hand.panel {
        Panel::Pools | Panel::Waits => (Panel::Pools, Panel::Waits),
        Panel::Findings | Panel::Log => (Panel::Findings, Panel::Log),
        _ => (Panel::Errors, Panel::Findings),
    };
    vec![
        (Panel::Throughput, throughput),
        (Panel::Response, response),
        (Panel::Operations, operations),
        (one, left),
        (other, right),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_of_any_size_is_divided_without_leaving_it_or_overlapping() {
        for (width, height) in (0..200).step_by(7).flat_map(|width| (0..70).map(move |height| (width, height))) {
            let area = Rect::new(0, 0, width, height);
            for panel in Panel::ALL {
                for alone in [false, true] {
                    let places = places(area, &Hand { panel, alone, ..Hand::default() });
                    let mut all: Vec<Rect> = places.panels.iter().map(|(_, place)| *place).collect();
                    all.extend([places.header, places.footer]);
                    let covered: u32 = all.iter().map(|place| place.area()).sum();
                    assert!(covered <= area.area(), "{width}×{height}: {places:?}");
                    assert!(
                        all.iter().all(|place| area.intersection(*place) == *place),
                        "{width}×{height}: {places:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn narrow_screens_have_fewer_panels_and_the_one_that_was_chosen() {
        let shown = |width, height, panel| {
            let places = places(Rect::new(0, 0, width, height), &Hand { panel, ..Hand::default() });
            places.panels.into_iter().map(|(panel, _)| panel).collect::<Vec<_>>()
        };
        assert_eq!(shown(160, 50, Panel::Log).len(), Panel::ALL.len());
        assert_eq!(shown(80, 40, Panel::Log).len(), 5);
        assert!(shown(80, 40, Panel::Log).contains(&Panel::Log));
        assert_eq!(shown(80, 15, Panel::Log), [Panel::Log]);
        assert_eq!(shown(80, 5, Panel::Log), []);
    }
}
