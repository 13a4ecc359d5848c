//! All metrics as text.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet, prometheus_text, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use super::buckets;
use crate::export::metric::{Point, Value};
use crate::export::{Kind, METRICS, Shared};

/// In which form metrics are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// OpenMetrics 1.0: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
    OpenMetrics,
    /// Prometheus's own: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    Text,
}

impl Format {
    /// The best of those that a reader says it takes.
    pub(super) fn accepted(accept: &str) -> Self {
        if accept.contains("application/openmetrics-text") { Self::OpenMetrics } else { Self::Text }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// What writes all metrics as they stand.
pub(super) struct Renderer(Registry);

impl Renderer {
    pub(super) fn new(figures: Shared) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Figures(figures)));
        Self(registry)
    }

    /// # Errors
    /// None that a metric could cause.
    pub(super) fn render(&self, format: Format) -> Result<String, fmt::Error> {
        let mut written = String::new();
        match format {
            Format::OpenMetrics => text::encode(&mut written, &self.0)?,
            Format::Text => prometheus_text::encode(&mut written, &self.0)?,
        }
        Ok(written)
    }
}

#[derive(Debug)]
struct Figures(Shared);

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let tally = self.0.lock();
        for metric in METRICS {
            let points = metric.series(&tally);
            if points.is_empty() {
                continue;
            }
            let unit = metric.unit.suffix().map(|unit| Unit::Other(unit.to_owned()));
            let name = metric.base_name();
            let mut family = encoder.encode_descriptor(&name, metric.help, unit.as_ref(), metric_type(metric.kind))?;
            for point in &points {
                write(point, metric.kind, family.encode_family(&point.labels)?)?;
            }
        }
        Ok(())
    }
}

fn metric_type(kind: Kind) -> MetricType {
    match kind {
        Kind::Counter => MetricType::Counter,
        Kind::Gauge => MetricType::Gauge,
        Kind::Histogram => MetricType::Histogram,
    }
}

fn write(point: &Point<'_>, kind: Kind, mut encoder: MetricEncoder<'_>) -> fmt::Result {
    match (point.value, kind) {
        (Value::Whole(count), Kind::Counter) => ConstCounter::new(count).encode(encoder),
        (Value::Number(sum), Kind::Counter) => ConstCounter::new(sum).encode(encoder),
        (Value::Whole(level), _) => ConstGauge::new(level).encode(encoder),
        (Value::Number(level), _) => ConstGauge::new(level).encode(encoder),
        (value @ (Value::Times(_) | Value::Numbers(_)), _) => {
            let bounds = if matches!(value, Value::Times(_)) { buckets::TIMES } else { buckets::NUMBERS };
            let distribution = value.distribution().unwrap_or_default();
            let bounds_and_all = bounds.iter().copied().chain([f64::INFINITY]);
            let buckets: Vec<(f64, u64)> = bounds_and_all.zip(distribution.between(bounds)).collect();
            encoder.encode_histogram::<NoLabelSet>(distribution.sum, distribution.count, &buckets, None)
        }
    }
}
