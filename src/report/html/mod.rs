//! The report as one HTML file that opens without a network: a summary, charts, and the tables of all other reports.
//!
//! Start with [`page`]. A chart is a file in `charts/` and a line in its registry. The charts are drawn in the browser
//! by Plotly, whose script the crate `plotly` carries.

mod charts;
mod page;
mod summary;

pub(super) use page::render;
