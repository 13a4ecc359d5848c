//! Statements whose times are in a table: the percentiles reported are those of the table.
//!
//! A server sleeps a little longer than it is asked to, the longer the more, and most on a busy machine. So the
//! report is held against what the server took by its own clock too, which leaves throng's own part.

use throng::record::{MetricValue, Record, TrendSummary};

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Reading, Unit};

/// Of the values that a histogram of three significant digits keeps.
const PRECISION: f64 = 0.001;

/// Longer than all delays one after the other.
const LIMIT_S: u32 = 60;

pub const ENTRY: Case = Case {
    name: "known_distribution",
    long: false,
    figures: &[
        Figure {
            number: "T3",
            what: "statements of known times that were played",
            unit: Unit::Count,
            bar: Bar::Exactly(1000.0),
        },
        Figure {
            number: "T3",
            what: "farthest of p50, p90, p95 and p99 from the times asked for, beyond the histogram's precision",
            unit: Unit::Millis,
            bar: Bar::AtMost(0.5),
        },
        Figure {
            number: "T3",
            what: "the same from the times that the server took by its own clock",
            unit: Unit::Millis,
            bar: Bar::AtMost(0.5),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let database = bench.database("delays")?;
    let play = Play::new(bench, "known_distribution").set("pg", bench.tcp_url(database));
    let record = play.lasting(LIMIT_S).run()?.record;
    let table = bench.sql(database, &["SELECT ms FROM delays ORDER BY ms"])?;
    let asked_ms: Vec<f64> = table.lines().filter_map(|line| line.parse().ok()).collect();
    let at = |part: f64| {
        let rank = (part * asked_ms.len() as f64).ceil() as usize;
        rank.checked_sub(1).and_then(|place| asked_ms.get(place)).copied().unwrap_or(f64::NAN)
    };
    let server = trend(&record).unwrap_or_default();
    Ok(vec![
        Reading::alone(record.totals.operations_succeeded as f64),
        Reading::alone(farthest(&record, [at(0.50), at(0.90), at(0.95), at(0.99)])),
        Reading::alone(farthest(&record, [server.p50, server.p90, server.p95, server.p99])),
    ])
}

/// What the server took by its own clock, in ms.
fn trend(record: &Record) -> Option<TrendSummary> {
    record.metrics.iter().find_map(|metric| match metric.value {
        MetricValue::Trend(trend) => Some(trend),
        _ => None,
    })
}

/// How far the reported percentiles are from known ones at most, in ms.
fn farthest(record: &Record, known_ms: [f64; 4]) -> f64 {
    let told = record.totals.response_us;
    let told_ms = [told.p50, told.p90, told.p95, told.p99].map(|us| us as f64 / 1000.0);
    let beyond = told_ms.into_iter().zip(known_ms).map(|(told, known)| (told - known).abs() - PRECISION * known);
    // What is not known must not pass for agreement, as it would with `f64::max`.
    beyond.fold(f64::NEG_INFINITY, |a, b| if b.is_nan() || b > a { b } else { a })
}
