//! What is sent: all metrics as they stand, as the protocol's messages.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Metric, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum, metric, number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;

use super::exponential::Exponential;
use crate::export::metric::{Label, Point, Value};
use crate::export::{Kind, METRICS, Tally};

/// What is known so far, with `more` to say of who sends it; `None` before the first interval is over.
pub(super) fn request(tally: &Tally, more: &[(String, String)]) -> Option<ExportMetricsServiceRequest> {
    let (begun, ended) = tally.time?;
    let times = Times { begun: nanoseconds(begun), ended: nanoseconds(ended) };
    let metrics = METRICS.iter().filter_map(|metric| {
        let points = metric.series(tally);
        (!points.is_empty()).then(|| Metric {
            name: metric.name.to_owned(),
            description: metric.help.to_owned(),
            unit: metric.unit.ucum().to_owned(),
            data: Some(times.data(metric.kind, &points)),
            ..Metric::default()
        })
    });
    let scope = InstrumentationScope {
        name: "throng".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    let scope_metrics = ScopeMetrics { scope: Some(scope), metrics: metrics.collect(), ..ScopeMetrics::default() };
    let resource_metrics = ResourceMetrics {
        resource: Some(resource(tally, more)),
        scope_metrics: vec![scope_metrics],
        ..ResourceMetrics::default()
    };
    Some(ExportMetricsServiceRequest { resource_metrics: vec![resource_metrics] })
}

/// Who sends: what throng says of itself, where `more` says nothing else.
fn resource(tally: &Tally, more: &[(String, String)]) -> Resource {
    let run = &tally.run;
    let own = [
        ("service.name", "throng".to_owned()),
        ("service.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("service.instance.id", run.run_id.clone()),
        ("throng.scenario", run.scenario.clone()),
        ("throng.profile", run.profile.clone()),
        ("throng.seed", run.seed.to_string()),
    ];
    let is_other = |name: &str| more.iter().any(|(other, _)| other == name);
    let own = own.iter().filter(|(name, value)| !value.is_empty() && !is_other(name));
    let own = own.map(|(name, value)| attribute(name, value));
    let more = more.iter().map(|(name, value)| attribute(name, value));
    Resource { attributes: own.chain(more).collect(), ..Resource::default() }
}

fn attribute(name: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) };
    KeyValue { key: name.to_owned(), value: Some(value), ..KeyValue::default() }
}

fn attributes(labels: &[Label<'_>]) -> Vec<KeyValue> {
    labels.iter().map(|(name, value)| attribute(name, value)).collect()
}

/// The time that every point is about, in nanoseconds since 1970.
struct Times {
    begun: u64,
    ended: u64,
}

impl Times {
    fn data(&self, kind: Kind, points: &[Point<'_>]) -> metric::Data {
        let aggregation_temporality = AggregationTemporality::Cumulative.into();
        let numbers = || points.iter().filter_map(|point| self.number(point)).collect();
        match kind {
            Kind::Counter => {
                metric::Data::Sum(Sum { data_points: numbers(), aggregation_temporality, is_monotonic: true })
            }
            Kind::Gauge => metric::Data::Gauge(Gauge { data_points: numbers() }),
            Kind::Histogram => {
                let data_points = points.iter().filter_map(|point| self.histogram(point)).collect();
                metric::Data::ExponentialHistogram(ExponentialHistogram { data_points, aggregation_temporality })
            }
        }
    }

    fn number(&self, point: &Point<'_>) -> Option<NumberDataPoint> {
        let value = match point.value {
            // The protocol has signed numbers only; nobody counts beyond them.
            Value::Whole(number) => number_data_point::Value::AsInt(i64::try_from(number).unwrap_or(i64::MAX)),
            Value::Number(number) => number_data_point::Value::AsDouble(number),
            Value::Times(_) | Value::Numbers(_) => return None,
        };
        Some(NumberDataPoint {
            attributes: attributes(&point.labels),
            start_time_unix_nano: self.begun,
            time_unix_nano: self.ended,
            value: Some(value),
            ..NumberDataPoint::default()
        })
    }

    fn histogram(&self, point: &Point<'_>) -> Option<ExponentialHistogramDataPoint> {
        let distribution = point.value.distribution()?;
        let Exponential { scale, zeros, buckets } = Exponential::of(&distribution);
        let met = distribution.count > 0;
        Some(ExponentialHistogramDataPoint {
            attributes: attributes(&point.labels),
            start_time_unix_nano: self.begun,
            time_unix_nano: self.ended,
            count: distribution.count,
            sum: Some(distribution.sum),
            scale,
            zero_count: zeros,
            positive: Some(buckets),
            min: met.then_some(distribution.min),
            max: met.then_some(distribution.max),
            ..ExponentialHistogramDataPoint::default()
        })
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}
