//! What a report on several runs says.

use crate::record::{SpreadFigure, SpreadRecord, ThresholdUnit};
use crate::report::comparison::show;
use crate::report::document::{Block, Cell, Column, Section, Table, columns};
use crate::report::human;

/// The figure of a run that stands for it in a sentence.
const HEADLINE: &str = "response.mean";

/// The sections of the report.
pub fn document(record: &SpreadRecord) -> Vec<Section> {
    vec![all(record), each(record)]
}

/// A row for each figure.
pub fn all(record: &SpreadRecord) -> Section {
    let columns = columns("Figure", &["Median", "Lowest", "Highest", "Two runs differ by"], &[]);
    Section::new("All runs", [Block::Table(Table { columns, rows: record.figures.iter().map(row).collect() })])
}

fn row(figure: &SpreadFigure) -> Vec<Cell> {
    vec![
        figure.name.as_str().into(),
        show(figure.unit, figure.median).into(),
        show(figure.unit, figure.lowest).into(),
        show(figure.unit, figure.highest).into(),
        noise(figure).into(),
    ]
}

fn noise(figure: &SpreadFigure) -> String {
    match (figure.noise, figure.unit) {
        (None, _) => "–".to_owned(),
        (Some(noise), ThresholdUnit::Share) => format!("{:.2} points", 100.0 * noise),
        (Some(noise), _) if figure.median > 0.0 => human::share(noise / figure.median),
        (Some(noise), unit) => show(unit, noise),
    }
}

/// A row for each run, a column for each figure.
fn each(record: &SpreadRecord) -> Section {
    let titles = [Column::text("Run"), Column::text("Started")];
    let columns: Vec<Column> = titles.into_iter().chain(record.figures.iter().map(heading)).collect();
    let rows = record.runs.iter().enumerate().map(|(at, run)| {
        let names = [run.run_id.clone(), human::second(&run.started_at)].map(Cell::from);
        let values = record.figures.iter().map(|figure| figure.values.get(at).map(|value| show(figure.unit, *value)));
        names.into_iter().chain(values.map(|value| value.unwrap_or_default().into())).collect()
    });
    Section::new("Each run", [Block::Table(Table { rows: rows.collect(), columns })])
}

/// The heading of a figure's column, which has less room than its name takes.
fn heading(figure: &SpreadFigure) -> Column {
    let title = match figure.name.as_str() {
        "throughput" => "Throughput",
        "response.mean" => "Mean",
        "response.p50" => "Median",
        "response.p95" => "p95",
        "response.p99" => "p99",
        "errors.rate" => "Errors",
        _ => "Other",
    };
    Column::figures(title)
}

/// A few plain sentences.
pub fn summary(record: &SpreadRecord) -> Vec<String> {
    let runs = human::things(record.runs.len() as u64, "run");
    let Some(figure) = record.figures.iter().find(|figure| figure.name == HEADLINE) else {
        return vec![format!("{runs} of `{}`, of which there is nothing to compare.", record.scenario)];
    };
    let between = format!(
        "{runs} of `{}` had mean response times from {} to {}.",
        record.scenario,
        show(figure.unit, figure.lowest),
        show(figure.unit, figure.highest)
    );
    let differ = figure.noise.map(|_| {
        format!(
            "Two of them differ by {} though nothing was changed: a change well below that takes many runs to be found.",
            noise(figure)
        )
    });
    std::iter::once(between).chain(differ).collect()
}
