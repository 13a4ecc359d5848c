//! Metrics of the scenario's own.

use super::{Block, Cell, Column, Section, Table};
use crate::record::{MetricRecord, MetricValue, Record};
use crate::report::human::{count, number, own, share, things};

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.metrics.is_empty() {
        return None;
    }
    let columns = ["Metric", "Kind", "Figures"].map(Column::text).to_vec();
    let rows = record.metrics.iter().map(row).collect();
    Some(Section::new("Metrics", [Block::Table(Table { columns, rows })]))
}

fn row(metric: &MetricRecord) -> Vec<Cell> {
    let tags: Vec<String> =
        metric.tags.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
    let name = if tags.is_empty() { metric.name.clone() } else { format!("{}{{{}}}", metric.name, tags.join(",")) };
    let (kind, figures) = match &metric.value {
        MetricValue::Counter { count, rate } => ("counter", format!("{}, {}/s", own(*count), number(*rate))),
        MetricValue::Gauge { last, min, max } => {
            ("gauge", format!("last {}, min {}, max {}", own(*last), own(*min), own(*max)))
        }
        MetricValue::Rate { hits, total, rate } => {
            ("rate", format!("{} ({} of {})", share(*rate), count(*hits), count(*total)))
        }
        MetricValue::Trend(trend) => {
            let shown =
                [("mean", trend.mean), ("p50", trend.p50), ("p95", trend.p95), ("p99", trend.p99), ("max", trend.max)];
            let shown: Vec<String> = shown.iter().map(|(name, value)| format!("{name} {}", number(*value))).collect();
            ("trend", format!("{}, {}", things(trend.count, "value"), shown.join(", ")))
        }
    };
    vec![name.into(), kind.into(), figures.into()]
}
