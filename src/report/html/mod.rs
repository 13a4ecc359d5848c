//! The report as one HTML file that opens without a network: a summary, charts, and the tables of all other reports.
//!
//! Start with [`page`]. A chart is a file in `charts/` and a line in its registry. The charts are drawn in the browser
//! by Plotly, whose script the crate `plotly` carries. `plain` is the page of what is no single run, such as a `comparison` or the `spread` of several;
//! all stand in `frame.html`.

mod charts;
mod comparison;
mod history;
mod page;
mod plain;
mod spread;
mod summary;

pub(super) use comparison::render as comparison;
pub(super) use history::render as history;
pub(super) use page::render;
pub(super) use spread::render as spread;
