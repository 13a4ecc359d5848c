//! The table of all figures, for the terminal and for the page.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::{Case, Outcome, Reading};

/// The heads of the columns.
const HEADS: [&str; 7] = ["#", "figure", "throng", "peer", "ratio", "bar", "met"];

/// The columns whose text stands to the right.
const NUMBERS: [usize; 4] = [2, 3, 4, 5];

/// A row's cells.
type Row = [String; HEADS.len()];

/// The table as text.
pub fn text(results: &[(&Case, Outcome)], width: u16) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
    table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic).force_no_tty();
    table.set_header(HEADS).add_rows(rows(results));
    for column in NUMBERS {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// The table as Markdown.
pub fn markdown(results: &[(&Case, Outcome)]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rules = std::array::from_fn::<_, { HEADS.len() }, _>(|column| {
        if NUMBERS.contains(&column) { "---:" } else { "---" }.to_owned()
    });
    let head = HEADS.map(str::to_owned);
    [head, rules].into_iter().chain(rows(results)).map(|row| line(&row)).collect()
}

fn rows(results: &[(&Case, Outcome)]) -> Vec<Row> {
    results.iter().flat_map(|(case, outcome)| rows_of(case, outcome)).collect()
}

fn rows_of(case: &Case, outcome: &Outcome) -> Vec<Row> {
    let row = |at: usize| {
        let figure = &case.figures[at];
        let bar = figure.bar.text(figure.unit);
        let (reading, met) = match outcome {
            Outcome::Measured(readings) => (Some(&readings[at]), met(figure.bar.is_met(&readings[at])).to_owned()),
            Outcome::NotRun(why) => (None, format!("not run: {why}")),
            Outcome::Failed(_) => (None, "could not be measured".to_owned()),
        };
        let shown = |show: &dyn Fn(&Reading) -> String| reading.map(show).unwrap_or_default();
        [
            figure.number.to_owned(),
            figure.what.to_owned(),
            shown(&|reading| figure.unit.text(reading.throng)),
            shown(&|reading| {
                reading.peer.map(|(name, value)| format!("{} {name}", figure.unit.text(value))).unwrap_or_default()
            }),
            shown(&|reading| {
                let ratio =
                    |ratio: super::duel::Ratio| format!("{:.2} ({:.2}–{:.2})", ratio.median, ratio.low, ratio.high);
                reading.ratio.map(ratio).unwrap_or_default()
            }),
            bar,
            met,
        ]
    };
    (0..case.figures.len()).map(row).collect()
}

fn met(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "NOT MET",
        None => "",
    }
}
