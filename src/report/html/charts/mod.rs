//! The charts of the page: a file for each, in the order in which they are looked at.
//!
//! A chart is a pure function of the record, and gives nothing where there is nothing to see. What charts have in common
//! is in [`canvas`].

mod breakdown;
mod cache;
pub(super) mod canvas;
mod errors;
mod generator;
mod heat_map;
mod host;
mod locks;
pub(super) mod percentiles;
mod pools;
mod response;
mod saturation;
mod throughput;
mod users;
mod waits;
mod wal;

use plotly::Plot;

use crate::record::Record;

/// Something to look at.
pub(super) struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// How to read it.
    pub about: &'static str,
    /// The drawing.
    pub plot: Plot,
}

/// Every chart.
const CHARTS: [fn(&Record) -> Option<Chart>; 15] = [
    response::chart,
    throughput::chart,
    heat_map::chart,
    percentiles::chart,
    saturation::chart,
    users::chart,
    errors::chart,
    breakdown::chart,
    waits::chart,
    locks::chart,
    cache::chart,
    wal::chart,
    pools::chart,
    generator::chart,
    host::chart,
];

/// The charts that have something to show of a record.
pub(super) fn all(record: &Record) -> Vec<Chart> {
    CHARTS.iter().filter_map(|chart| chart(record)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_run_in_which_nothing_happened_has_no_charts() {
        assert!(all(&sample::empty()).is_empty());
    }

    #[test]
    fn every_figure_of_a_chart_is_one_of_the_record() {
        let record = sample::record();
        let charts = all(&record);
        let named = |title: &str| charts.iter().find(|chart| chart.title == title).expect("it is there");
        let plot: serde_json::Value =
            serde_json::from_str(&named("Throughput").plot.to_json()).expect("a chart is JSON");
        let told: Vec<f64> =
            plot["data"][0]["y"].as_array().expect("it has points").iter().filter_map(|y| y.as_f64()).collect();
        assert_eq!(told, record.intervals.iter().map(|interval| interval.throughput_per_s).collect::<Vec<_>>());
    }
}
