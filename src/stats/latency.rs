//! One distribution of times in microseconds.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The largest time kept exactly, in µs: one hour. Longer ones count as one hour.
const MAX_US: u64 = 3_600_000_000;

/// Significant decimal digits of every histogram.
const DIGITS: u8 = 3;

/// A stretch of time in the unit of all figures; a run of half a million years is not planned for.
pub fn micros(duration: Duration) -> u64 {
    duration.as_micros() as u64
}

/// A histogram of times, 1 µs to 1 h, 3 significant digits, fixed size.
///
/// Zeros are counted apart and the histogram comes into being with the first
/// other value: most waits are zero, and a histogram takes some 180 KB.
#[derive(Debug, Clone, Default)]
pub struct Latency {
    zeros: u64,
    values: Option<Box<Histogram<u64>>>,
}

impl Latency {
    /// Adds one time.
    pub fn record(&mut self, us: u64) {
        if us == 0 {
            self.zeros += 1;
            return;
        }
        self.values.get_or_insert_with(empty).saturating_record(us);
    }

    /// Adds the same time `count` times.
    pub fn record_n(&mut self, us: u64, count: u64) {
        if us == 0 {
            self.zeros += count;
        } else if count > 0 {
            self.values.get_or_insert_with(empty).saturating_record_n(us, count);
        }
    }

    /// The times that were met with their numbers, in order: a small form to keep, which
    /// [`Latency::record_n`] turns back into the same distribution.
    pub fn counts(&self) -> Vec<(u64, u64)> {
        let zeros = (self.zeros > 0).then_some((0, self.zeros));
        let values = self.values.iter().flat_map(|values| values.iter_recorded());
        zeros.into_iter().chain(values.map(|step| (step.value_iterated_to(), step.count_at_value()))).collect()
    }

    /// Adds all times of `other`.
    pub fn merge(&mut self, other: &Latency) {
        self.zeros += other.zeros;
        if let Some(values) = &other.values
            && !values.is_empty()
        {
            // Both have the same bounds, so every value of one fits the other.
            self.values.get_or_insert_with(empty).add(&**values).expect("same bounds");
        }
    }

    /// How many times were recorded.
    pub fn count(&self) -> u64 {
        self.zeros + self.values.as_ref().map_or(0, |values| values.len())
    }

    /// The time in µs below or at which `percent` (0 to 100) of all times lie; 0 when there is none.
    pub fn percentile(&self, percent: f64) -> u64 {
        let rank = rank(percent, self.count());
        match &self.values {
            Some(values) if rank > self.zeros => {
                // Half a rank back, so that rounding can't carry the quantile into the next rank.
                let within = ((rank - self.zeros) as f64 - 0.5) / values.len() as f64;
                values.value_at_quantile(within).min(values.max())
            }
            _ => 0,
        }
    }

    /// Mean, extremes and percentiles.
    pub fn summary(&self) -> Summary {
        let count = self.count();
        if count == 0 {
            return Summary::default();
        }
        let values = self.values.as_deref().filter(|values| !values.is_empty());
        let sum = values.map_or(0.0, |values| values.mean() * values.len() as f64);
        Summary {
            min: if self.zeros > 0 { 0 } else { values.map_or(0, Histogram::min) },
            mean: sum / count as f64,
            p50: self.percentile(50.0),
            p90: self.percentile(90.0),
            p95: self.percentile(95.0),
            p99: self.percentile(99.0),
            p999: self.percentile(99.9),
            max: values.map_or(0, Histogram::max),
        }
    }

    /// The whole distribution as one HdrHistogram, zeros included.
    pub fn to_histogram(&self) -> Histogram<u64> {
        let mut whole = self.values.as_deref().cloned().unwrap_or_else(|| *empty());
        if self.zeros > 0 {
            whole.record_n(0, self.zeros).expect("zero is within bounds");
        }
        whole
    }
}

/// Which of `count` values in order, from 1, a percentile is. Rounding up must not take what floats cannot tell
/// from a whole rank for more than that: 99.9 % of 100,000 come out as a little over 99,900.
fn rank(percent: f64, count: u64) -> u64 {
    let exact = percent / 100.0 * count as f64;
    ((exact * (1.0 - 4.0 * f64::EPSILON)).ceil() as u64).clamp(1, count.max(1))
}

fn empty() -> Box<Histogram<u64>> {
    Box::new(Histogram::new_with_bounds(1, MAX_US, DIGITS).expect("bounds are valid"))
}

/// The figures shown of a distribution, all in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Smallest.
    pub min: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub p50: u64,
    /// 90th percentile.
    pub p90: u64,
    /// 95th percentile.
    pub p95: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn latency(values: &[u64]) -> Latency {
        let mut latency = Latency::default();
        values.iter().for_each(|&us| latency.record(us));
        latency
    }

    proptest! {
        #[test]
        fn merging_is_recording_both(a in prop::collection::vec(0u64..10_000_000, 0..200),
                                     b in prop::collection::vec(0u64..10_000_000, 0..200)) {
            let mut merged = latency(&a);
            merged.merge(&latency(&b));
            let both = latency(&[a, b].concat());
            prop_assert_eq!(merged.count(), both.count());
            prop_assert_eq!(merged.to_histogram(), both.to_histogram());
        }

        #[test]
        fn counts_make_the_same_distribution(values in prop::collection::vec(0u64..4_000_000_000, 0..200)) {
            let whole = latency(&values);
            let mut again = Latency::default();
            whole.counts().into_iter().for_each(|(us, count)| again.record_n(us, count));
            prop_assert_eq!(whole.to_histogram(), again.to_histogram());
        }

        #[test]
        fn a_percentile_is_within_a_thousandth_of_the_exact_one(mut values in prop::collection::vec(0u64..3_600_000_000, 1..200),
                                                                percent in 0.0f64..100.0) {
            let got = latency(&values).percentile(percent);
            values.sort_unstable();
            let rank = ((percent / 100.0 * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = values[rank - 1];
            prop_assert!(got.abs_diff(exact) as f64 <= exact as f64 * 0.001 + 1.0, "{got} for {exact}");
        }
    }

    #[test]
    fn a_percentile_that_falls_on_a_value_is_that_value() {
        for (percent, per_thousand) in [(50.0, 500), (90.0, 900), (95.0, 950), (99.0, 990), (99.9, 999)] {
            for thousands in 1..1000 {
                assert_eq!(rank(percent, thousands * 1000), thousands * per_thousand, "{percent} of {thousands},000");
            }
        }
    }

    #[test]
    fn an_empty_distribution_is_all_zeros() {
        assert_eq!(Latency::default().summary(), Summary::default());
    }

    #[test]
    fn more_than_an_hour_counts_as_an_hour() {
        let max = latency(&[7_200_000_000]).summary().max;
        assert!(max.abs_diff(MAX_US) < MAX_US / 1000);
    }
}
