//! What is told of a run, one metric after the other. `docs/exporting.md` describes each; a test compares.
//!
//! Names and labels are part of what users build dashboards and alerts on: they are added to, not changed.

mod generator;
mod operations;
mod pools;
mod run;
mod scripts;
mod statements;

use super::Metric;

/// All metrics.
pub const METRICS: &[Metric] = &[
    run::INFO,
    run::PHASE,
    run::USERS,
    run::OFFERED,
    run::ITERATIONS,
    operations::OPERATIONS,
    operations::RESPONSE,
    operations::SERVICE,
    operations::WAIT,
    operations::POOL,
    operations::RETRIES,
    operations::ROWS,
    operations::BYTES,
    operations::ERRORS,
    statements::STATEMENTS,
    statements::TIME,
    pools::CONNECTIONS,
    pools::LIMIT,
    pools::WAITING,
    pools::WAIT,
    pools::CONNECTS,
    pools::RECONNECTS,
    pools::FAILURES,
    generator::CPU,
    generator::LAG,
    generator::LATE,
    scripts::COUNTER,
    scripts::GAUGE,
    scripts::RATE_HITS,
    scripts::RATE_TOTAL,
    scripts::TREND,
];

#[cfg(test)]
mod tests {
    use super::METRICS;
    use crate::export::Kind;

    const PAGE: &str = include_str!("../../../docs/exporting.md");

    #[test]
    fn the_page_describes_every_metric_and_no_other() {
        for metric in METRICS {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let kind = match metric.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram => "histogram",
            };
            let row = format!("| `{}` | {kind} | {} | ", metric.prometheus_name(), labels.join(", "));
            assert!(PAGE.contains(&row), "docs/exporting.md lacks a row that begins with\n{row}");
        }
        assert_eq!(PAGE.lines().filter(|line| line.starts_with("| `throng_")).count(), METRICS.len());
    }

    #[test]
    fn names_are_those_of_a_kind() {
        for (place, metric) in METRICS.iter().enumerate() {
            assert!(metric.name.starts_with("throng."), "{}", metric.name);
            assert!(metric.name.chars().all(|c| c.is_ascii_lowercase() || "._".contains(c)), "{}", metric.name);
            assert!(METRICS[..place].iter().all(|other| other.name != metric.name), "{} twice", metric.name);
        }
    }
}
