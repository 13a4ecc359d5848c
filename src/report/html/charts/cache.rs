//! How much of what was read lay in memory.

use plotly::Trace;

use super::Chart;
use super::canvas::{line, plot, series, timeline};
use crate::record::{Record, SeriesRecord};

/// The sampler of each kind of server, and its counters of hits and misses.
const CACHES: [(&str, &str, &str, &str); 2] =
    [("postgres", "database", "blocks_hit", "blocks_read"), ("redis", "stats", "keyspace_hits", "keyspace_misses")];

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let lines: Vec<Box<dyn Trace>> = CACHES
        .iter()
        .flat_map(|(kind, sampler, hits, misses)| {
            series(record, kind, sampler).filter_map(move |(source, series)| {
                let shares = shares(series, hits, misses)?;
                Some(line(&format!("{} hits", source.name), series.at_s.clone(), shares) as Box<dyn Trace>)
            })
        })
        .collect();
    (!lines.is_empty()).then(|| Chart {
        title: "Cache hits",
        about: "of what was looked for in the server's memory, how much was there",
        plot: plot(timeline(record, "% of look-ups"), lines),
    })
}

/// Hits in percent, where anything was looked for; none if nothing ever was.
fn shares(series: &SeriesRecord, hits: &str, misses: &str) -> Option<Vec<Option<f64>>> {
    let pairs = series.points.get(hits)?.iter().zip(series.points.get(misses)?);
    let shares: Vec<Option<f64>> = pairs
        .map(|(hits, misses)| {
            let all = (*hits)? + (*misses)?;
            (all > 0.0).then(|| 100.0 * hits.unwrap_or(0.0) / all)
        })
        .collect();
    shares.iter().any(Option::is_some).then_some(shares)
}
