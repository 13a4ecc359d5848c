//! What a metric is, whichever protocol carries it.

use std::borrow::Cow;

use super::Tally;
use super::distribution::{Distribution, US_PER_S};
use crate::stats::{Latency, Trend};

/// One metric with all its series.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name as OpenTelemetry writes it: `throng.operation.response`.
    pub name: &'static str,
    /// The unit of its values.
    pub unit: Unit,
    /// How it behaves.
    pub kind: Kind,
    /// One line of help.
    pub help: &'static str,
    /// What its series are told apart by, in their order; tags of scripts come on top.
    pub labels: &'static [&'static str],
    /// Its series as they stand.
    pub(super) points: for<'a> fn(&'a Tally) -> Vec<Point<'a>>,
}

/// A unit of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Plain numbers of what the name says.
    None,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A part of one, 0 to 1.
    Ratio,
}

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A sum that only grows.
    Counter,
    /// A level that rises and falls.
    Gauge,
    /// A distribution that only grows.
    Histogram,
}

/// A label or attribute with its value.
pub(super) type Label<'a> = (Cow<'a, str>, Cow<'a, str>);

/// One series as it stands.
#[derive(Debug)]
pub(super) struct Point<'a> {
    pub(super) labels: Vec<Label<'a>>,
    pub(super) value: Value<'a>,
}

/// Its value, in the unit of its metric but for times, which are kept in µs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Whole(u64),
    Number(f64),
    Times(&'a Latency),
    Numbers(&'a Trend),
}

impl<'a> Point<'a> {
    /// A series whose labels have these values, in the order in which its metric names them.
    pub(super) fn new<const N: usize>(names: [&'static str; N], values: [&'a str; N], value: Value<'a>) -> Self {
        let label = |(name, value): (&'static str, &'a str)| (Cow::Borrowed(name), Cow::Borrowed(value));
        Self { labels: names.into_iter().zip(values).map(label).collect(), value }
    }

    /// The same with one label more; one without a value is none.
    pub(super) fn with(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.labels.push((name.into(), value));
        }
        self
    }
}

impl Value<'_> {
    /// Times added up, in seconds.
    pub(super) fn seconds(us: u64) -> Self {
        Self::Number(us as f64 / US_PER_S)
    }

    /// A distribution, of which there is one for histograms only.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        match self {
            Self::Times(times) => Some(Distribution::of_times(times)),
            Self::Numbers(numbers) => Some(Distribution::of_numbers(numbers)),
            Self::Whole(_) | Self::Number(_) => None,
        }
    }
}

impl Metric {
    /// Its series, none twice, in the order of their labels.
    pub(super) fn series<'a>(&self, tally: &'a Tally) -> Vec<Point<'a>> {
        let mut points = (self.points)(tally);
        points.sort_by(|a, b| a.labels.cmp(&b.labels));
        // One series twice would cost a receiver all the others.
        points.dedup_by(|later, first| later.labels == first.labels);
        points
    }

    /// Its name in OpenMetrics, without what is added for its kind: `throng_operation_response_seconds`.
    pub(super) fn base_name(&self) -> String {
        self.name.replace('.', "_")
    }

    /// Its name as Prometheus knows it: `throng_operations_total`, `throng_operation_response_seconds`.
    pub fn prometheus_name(&self) -> String {
        let base = self.base_name();
        let unit = self.unit.suffix().map(|unit| format!("_{unit}")).unwrap_or_default();
        let kind = if self.kind == Kind::Counter { "_total" } else { "" };
        format!("{base}{unit}{kind}")
    }
}

impl Unit {
    /// As it ends names of Prometheus's.
    pub(super) fn suffix(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Seconds => Some("seconds"),
            Self::Bytes => Some("bytes"),
            Self::Ratio => Some("ratio"),
        }
    }

    /// As OpenTelemetry writes it, by the Unified Code for Units of Measure.
    pub(super) fn ucum(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Seconds => "s",
            Self::Bytes => "By",
            Self::Ratio => "1",
        }
    }
}
