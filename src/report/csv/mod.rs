//! Tables for spreadsheets and scripts: a row for each operation, or for each interval.
//!
//! RFC 4180: a heading, commas, quotes where they are needed. Times are in µs, as in the record; what does not apply is
//! empty. A column that is added comes last.

mod intervals;
mod operations;

pub(super) use intervals::render as intervals;
pub(super) use operations::render as operations;

use super::ReportError;
use crate::stats::Summary;

/// Columns of a table whose rows are made of `T`: each with its heading and its cells.
struct Columns<T>(Vec<(String, Cells<T>)>);

/// What stands in a column.
type Cells<T> = Box<dyn Fn(&T) -> String>;

impl<T: 'static> Columns<T> {
    fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a column of whatever can be shown.
    fn with<D: ToString>(mut self, heading: &str, cell: impl Fn(&T) -> D + 'static) -> Self {
        self.0.push((heading.to_owned(), Box::new(move |row| cell(row).to_string())));
        self
    }

    /// Adds the columns of a distribution: `NAME_min_us`, `NAME_mean_us` and so on; empty where there is none.
    fn with_times(self, name: &str, times: fn(&T) -> Option<&Summary>) -> Self {
        fn shown<D: ToString>(figure: Option<D>) -> String {
            figure.map(|figure| figure.to_string()).unwrap_or_default()
        }
        let heading = |figure: &str| format!("{name}_{figure}_us");
        self.with(&heading("min"), move |row| shown(times(row).map(|times| times.min)))
            .with(&heading("mean"), move |row| shown(times(row).map(|times| times.mean)))
            .with(&heading("p50"), move |row| shown(times(row).map(|times| times.p50)))
            .with(&heading("p90"), move |row| shown(times(row).map(|times| times.p90)))
            .with(&heading("p95"), move |row| shown(times(row).map(|times| times.p95)))
            .with(&heading("p99"), move |row| shown(times(row).map(|times| times.p99)))
            .with(&heading("p999"), move |row| shown(times(row).map(|times| times.p999)))
            .with(&heading("max"), move |row| shown(times(row).map(|times| times.max)))
    }

    /// The table of these rows.
    fn table(&self, rows: &[T]) -> Result<String, ReportError> {
        let mut table = ::csv::Writer::from_writer(Vec::new());
        table.write_record(self.0.iter().map(|(heading, _)| heading))?;
        for row in rows {
            table.write_record(self.0.iter().map(|(_, cell)| cell(row)))?;
        }
        let bytes = table.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
