//! Metrics that a scenario defines for itself.

use hdrhistogram::Histogram;

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
    /// Values times 1,000, rounded; 3 significant digits.
    Trend(Box<Histogram<u64>>),
}

/// The factor by which trend values are scaled before they enter a histogram of integers.
pub const TREND_SCALE: f64 = 1000.0;

/// The largest scaled value that is kept; above it doubles have gaps of more than 1.
const LARGEST: f64 = (1u64 << 53) as f64;

/// The largest value of a trend that is kept as it is.
pub const LARGEST_TREND: f64 = LARGEST / TREND_SCALE;

impl MetricStats {
    /// A metric with its first value; for a rate, non-zero is true. Negative trend values count as zero.
    pub fn new(kind: MetricKind, value: f64) -> Self {
        match kind {
            MetricKind::Counter => Self::Counter(value),
            MetricKind::Gauge => Self::Gauge { last: value, min: value, max: value },
            MetricKind::Rate => Self::Rate { hits: u64::from(value != 0.0), total: 1 },
            MetricKind::Trend => {
                let mut values = Histogram::new(3).expect("3 digits are valid");
                values.auto(true);
                let mut trend = Self::Trend(Box::new(values));
                trend.observe(value);
                trend
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
            Self::Trend(values) => {
                let scaled = (value.max(0.0) * TREND_SCALE).round().min(LARGEST) as u64;
                values.record(scaled).expect("it resizes itself up to far beyond the largest");
            }
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
            (Self::Trend(mine), Self::Trend(theirs)) => {
                mine.add(&**theirs).expect("auto-resizing histograms always fit")
            }
            // The kind is part of the key, so two kinds never meet.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(values: &[f64]) -> Box<Histogram<u64>> {
        let mut stats = MetricStats::new(MetricKind::Trend, values[0]);
        values[1..].iter().for_each(|&value| stats.observe(value));
        match stats {
            MetricStats::Trend(values) => values,
            other => panic!("{other:?} is no trend"),
        }
    }

    #[test]
    fn a_trend_keeps_values_of_any_size() {
        let values = trend(&[0.001, 250.0, 1e9, -5.0, f64::NAN, f64::INFINITY]);
        assert_eq!(values.len(), 6);
        assert_eq!(values.value_at_quantile(0.5) as f64 / TREND_SCALE, 0.001);
        for (quantile, expected) in [(4.0 / 6.0, 250.0), (5.0 / 6.0, 1e9)] {
            let got = values.value_at_quantile(quantile) as f64 / TREND_SCALE;
            assert!((got - expected).abs() <= expected * 0.001, "{got} for {expected}");
        }
        assert!(values.max() as f64 >= LARGEST);
    }

    #[test]
    fn trends_of_different_size_merge() {
        let mut small = MetricStats::new(MetricKind::Trend, 0.5);
        small.merge(&MetricStats::new(MetricKind::Trend, 1e6));
        let MetricStats::Trend(values) = small else { panic!("still a trend") };
        assert_eq!(values.len(), 2);
        assert!(values.max() as f64 / TREND_SCALE >= 1e6);
    }
}
