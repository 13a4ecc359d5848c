//! The whole screen.

use ratatui::Frame;

use super::hand::Hand;
use super::look::Look;
use super::panel::Panel;
use super::view::View;
use super::{charts, footer, header, help, layout, lists, operations, waits};

/// Draws what is known of a run as whoever watches has chosen, on a frame of any size.
pub fn draw(frame: &mut Frame<'_>, view: &View, hand: &Hand, look: Look) {
    let area = frame.area();
    let places = layout::places(area, hand);
    header::draw(frame, places.header, view, look);
    for (panel, place) in places.panels {
        let draw = match panel {
            Panel::Operations => operations::draw,
            Panel::Throughput => charts::throughput,
            Panel::Response => charts::response,
            Panel::Errors => lists::errors,
            Panel::Pools => lists::pools,
            Panel::Waits => waits::draw,
            Panel::Findings => lists::findings,
            Panel::Log => lists::log,
        };
        draw(frame, place, view, hand, look);
    }
    footer::draw(frame, places.footer, view, look);
    if hand.help {
        help::draw(frame, area, view, look);
    }
}
