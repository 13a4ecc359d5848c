//! The operations: how often, how fast, how many failed.

use std::cmp::Reverse;
use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::Text;
use ratatui::widgets::{Cell, Row, Table};

use super::hand::Hand;
use super::look::Look;
use super::panel::Panel;
use super::view::View;
use crate::record::{IntervalInput, is_measured};
use crate::report::human;
use crate::stats::{Interval, Latency};

/// One operation of one persona, over what counts so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Operation {
    persona: String,
    name: String,
    /// How many came to an end.
    count: u64,
    /// How many of them a second, in the last interval.
    per_s: f64,
    percentiles_us: [u64; 3],
    failed: u64,
}

/// What they are sorted by, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Name,
    Count,
    Rate,
    P50,
    P95,
    P99,
    Errors,
}

impl Sort {
    pub(super) const ALL: [Self; 7] =
        [Self::Name, Self::Count, Self::Rate, Self::P50, Self::P95, Self::P99, Self::Errors];

    /// The one so many columns further right.
    pub(super) fn moved(self, by: usize) -> Self {
        let place = Self::ALL.iter().position(|sort| *sort == self).unwrap_or(0);
        Self::ALL[(place + by) % Self::ALL.len()]
    }

    fn title(self) -> &'static str {
        match self {
            Self::Name => "operation",
            Self::Count => "count",
            Self::Rate => "rate",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Errors => "errors",
        }
    }
}

/// The operations of what was counted so far: those of measured phases, or of all before there is one.
pub(super) fn of(sum: &Interval, last: &IntervalInput<'_>) -> Vec<Operation> {
    let counts = sum.cells.iter().any(|(key, stats)| is_measured(&key.phase) && !stats.is_empty());
    // How many ended, how many of them failed, and how long they took.
    let mut together: HashMap<(&str, &str), (u64, u64, Latency)> = HashMap::new();
    for (key, stats) in sum.cells.iter().filter(|(key, _)| !counts || is_measured(&key.phase)) {
        let (count, failed, response) = together.entry((&key.persona, &key.operation)).or_default();
        *count += stats.succeeded + stats.failed;
        *failed += stats.failed;
        response.merge(&stats.response);
    }
    let length_s = last.length.as_secs_f64().max(f64::MIN_POSITIVE);
    let operation = |((persona, name), (count, failed, response)): ((&str, &str), (u64, u64, Latency))| {
        let cells = last.figures.cells.iter();
        let lately = cells.filter(|(key, _)| key.persona == persona && key.operation == name);
        let ended: u64 = lately.map(|(_, stats)| stats.succeeded + stats.failed).sum();
        let times = response.summary();
        Operation {
            persona: human::plain(persona, 40),
            name: human::plain(name, 60),
            count,
            per_s: ended as f64 / length_s,
            percentiles_us: [times.p50, times.p95, times.p99],
            failed,
        }
    };
    together.into_iter().map(operation).collect()
}

fn sorted(operations: &[Operation], sort: Sort) -> Vec<&Operation> {
    let mut sorted: Vec<&Operation> = operations.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.persona).cmp(&(&b.name, &b.persona)));
    match sort {
        Sort::Name => {}
        Sort::Count => sorted.sort_by_key(|operation| Reverse(operation.count)),
        Sort::Rate => sorted.sort_by(|a, b| b.per_s.total_cmp(&a.per_s)),
        Sort::P50 => sorted.sort_by_key(|operation| Reverse(operation.percentiles_us[0])),
        Sort::P95 => sorted.sort_by_key(|operation| Reverse(operation.percentiles_us[1])),
        Sort::P99 => sorted.sort_by_key(|operation| Reverse(operation.percentiles_us[2])),
        Sort::Errors => sorted.sort_by_key(|operation| Reverse(operation.failed)),
    }
    sorted
}

/// Columns of a figure: `123,456/s`.
const FIGURE: u16 = 9;

/// Narrower than this there is no room for all columns beside the names.
const WIDE: u16 = 76;

/// The columns that there is room for.
fn columns(width: u16) -> &'static [Sort] {
    const FEW: [Sort; 4] = [Sort::Name, Sort::Count, Sort::P95, Sort::Errors];
    if width >= WIDE { &Sort::ALL } else { &FEW }
}

/// Draws the table.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, hand: &Hand, look: Look) {
    let operations = sorted(&view.operations, hand.sort);
    let room = usize::from(area.height.saturating_sub(3));
    let columns = columns(area.width);
    let from = hand.scroll_of(Panel::Operations, operations.len(), room);
    let figures = columns.len() as u16 - 1;
    // Within the frame, and beside the figures with a space before each.
    let room_of_names = usize::from(area.width.saturating_sub(2 + figures * (FIGURE + 1)));
    let shown = operations.iter().skip(from).take(room);
    let rows = shown.map(|operation| row(operation, &named(operation, &operations, room_of_names), columns, look));
    let heads = columns.iter().map(|sort| {
        let chosen = *sort == hand.sort;
        let title = if chosen { format!("{}▾", sort.title()) } else { sort.title().to_owned() };
        let text = Text::styled(title, if chosen { look.chosen() } else { look.faint() });
        Cell::from(if *sort == Sort::Name { text } else { text.right_aligned() })
    });
    let widths = columns.iter().map(|column| match column {
        Sort::Name => Constraint::Fill(1),
        _ => Constraint::Length(FIGURE),
    });
    let more = match (view.counts(), operations.len() > room) {
        (false, _) => "warm-up, not counted".to_owned(),
        (true, true) => format!("{} of {}", room.min(operations.len() - from), operations.len()),
        (true, false) => String::new(),
    };
    let block = Panel::Operations.block(&more, hand.panel == Panel::Operations, look);
    frame.render_widget(Table::new(rows, widths).header(Row::new(heads)).block(block), area);
}

/// An operation's name in so much room, with that of its persona where another has one of the same name.
fn named(operation: &Operation, all: &[&Operation], room: usize) -> String {
    let several = all.iter().filter(|other| other.name == operation.name).count() > 1;
    let name = if several { format!("{} · {}", operation.name, operation.persona) } else { operation.name.clone() };
    if name.chars().count() <= room { name } else { human::plain(&name, room.saturating_sub(1)) }
}

fn row(operation: &Operation, name: &str, columns: &[Sort], look: Look) -> Row<'static> {
    let right = |text: String| Text::from(text).right_aligned();
    let time = |place: usize| right(human::time_us(operation.percentiles_us[place] as f64));
    let cell = |column: &Sort| match column {
        Sort::Name => Text::from(name.to_owned()),
        Sort::Count => right(human::count(operation.count)),
        Sort::Rate => right(human::rate(operation.per_s)),
        Sort::P50 => time(0),
        Sort::P95 => time(1),
        Sort::P99 => time(2),
        Sort::Errors if operation.failed > 0 => right(human::count(operation.failed)).style(look.bad()),
        Sort::Errors => right(human::count(operation.failed)),
    };
    Row::new(columns.iter().map(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_sorted_by_the_column_chosen_the_most_first() {
        let operation =
            |name: &str, count, failed| Operation { name: name.into(), count, failed, ..Default::default() };
        let operations = [operation("b", 5, 1), operation("a", 9, 0), operation("c", 5, 7)];
        for (sort, order) in [(Sort::Name, "abc"), (Sort::Count, "abc"), (Sort::Errors, "cba")] {
            let names: String = sorted(&operations, sort).iter().map(|operation| operation.name.as_str()).collect();
            assert_eq!(names, order, "{sort:?}");
        }
        assert_eq!(Sort::Errors.moved(1), Sort::Name);
    }

    #[test]
    fn a_persona_is_named_where_two_have_the_same_operation_and_what_is_cut_is_marked() {
        let operation =
            |name: &str, persona: &str| Operation { name: name.into(), persona: persona.into(), ..Default::default() };
        let all = [operation("read", "clerk"), operation("read", "guest"), operation("write", "clerk")];
        let all: Vec<&Operation> = all.iter().collect();
        assert_eq!(named(all[0], &all, 20), "read · clerk");
        assert_eq!(named(all[2], &all, 20), "write");
        assert_eq!(named(all[0], &all, 8), "read · …");
        assert_eq!(named(all[2], &all, 5), "write");
    }
}
