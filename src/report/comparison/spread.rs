//! By how much runs of one kind differ.

use super::document::show;
use crate::analysis::Spread;
use crate::record::ThresholdUnit;
use crate::report::document::{Block, Section, Table, columns};
use crate::report::{Style, human, text};

/// The figures of several runs, for terminals.
pub fn spread(figures: &[Spread], style: &Style) -> String {
    let columns = columns("Figure", &["Median", "Lowest", "Highest", "Two runs differ by"], &[]);
    let rows = figures.iter().map(|figure| {
        let noise = figure.noise.map(|noise| match figure.unit {
            ThresholdUnit::Share => format!("{:.2} points", 100.0 * noise),
            _ if figure.median > 0.0 => human::share(noise / figure.median),
            unit => show(unit, noise),
        });
        vec![
            figure.name.as_str().into(),
            show(figure.unit, figure.median).into(),
            show(figure.unit, figure.low).into(),
            show(figure.unit, figure.high).into(),
            noise.unwrap_or_else(|| "–".to_owned()).into(),
        ]
    });
    let table = Table { columns, rows: rows.collect() };
    text::sections(&[Section::new("All runs", [Block::Table(table)])], style)
}
