//! Metrics that a scenario defines for itself.

use super::Trend;

/// The kinds of metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MetricKind {
    /// A sum.
    Counter,
    /// The last value, with its extremes.
    Gauge,
    /// The share of observations that were true.
    Rate,
    /// A distribution of numbers, to a thousandth of the unit.
    Trend,
}

/// A metric's name and tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricKey {
    /// As the scenario names it.
    pub name: String,
    /// Its kind; a name has one kind only.
    pub kind: MetricKind,
    /// Tags in the order of their names.
    pub tags: Vec<(String, String)>,
}

/// What was observed of one metric with one set of tags.
#[derive(Debug, Clone)]
pub enum MetricStats {
    /// The sum.
    Counter(f64),
    /// Last, smallest, largest.
    Gauge {
        /// The value set last.
        last: f64,
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// True and all observations.
    Rate {
        /// Observations that were true.
        hits: u64,
        /// All observations.
        total: u64,
    },
    /// The distribution.
    Trend(Box<Trend>),
}

impl MetricStats {
    /// A metric with its first value; for a rate, non-zero is true. Negative trend values count as zero.
    pub fn new(kind: MetricKind, value: f64) -> Self {
        match kind {
            MetricKind::Counter => Self::Counter(value),
            MetricKind::Gauge => Self::Gauge { last: value, min: value, max: value },
            MetricKind::Rate => Self::Rate { hits: u64::from(value != 0.0), total: 1 },
            MetricKind::Trend => {
                let mut trend = Trend::default();
                trend.observe(value);
                Self::Trend(Box::new(trend))
            }
        }
    }

    /// Adds one observation.
    pub fn observe(&mut self, value: f64) {
        match self {
            Self::Counter(sum) => *sum += value,
            Self::Gauge { last, min, max } => {
                *last = value;
                *min = min.min(value);
                *max = max.max(value);
            }
            Self::Rate { hits, total } => {
                *hits += u64::from(value != 0.0);
                *total += 1;
            }
            Self::Trend(trend) => trend.observe(value),
        }
    }

    /// Adds all observations of `other`, which is of the same kind and later.
    pub fn merge(&mut self, other: &MetricStats) {
        match (self, other) {
            (Self::Counter(mine), Self::Counter(theirs)) => *mine += theirs,
            (Self::Gauge { last, min, max }, Self::Gauge { last: l, min: a, max: b }) => {
                *last = *l;
                *min = min.min(*a);
                *max = max.max(*b);
            }
            (Self::Rate { hits, total }, Self::Rate { hits: h, total: t }) => {
                *hits += h;
                *total += t;
            }
            (Self::Trend(mine), Self::Trend(theirs)) => mine.merge(theirs),
            // The kind is part of the key, so two kinds never meet.
            _ => {}
        }
    }
}
