//! One distribution of times in microseconds.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, histogram};

/// The largest time that the histogram tells apart, in µs: one hour. Longer ones count as one hour in percentiles.
pub(super) const MAX_US: u64 = 3_600_000_000;

/// Significant decimal digits of every histogram.
pub(super) const DIGITS: u8 = 3;

/// A stretch of time in the unit of all figures; a run of half a million years is not planned for.
pub fn micros(duration: Duration) -> u64 {
    duration.as_micros() as u64
}

/// Times: number, sum and extremes exactly, their distribution to 3 significant digits, from 1 µs to 1 h.
///
/// Zeros are counted apart, and counters come into being with the first other time: most waits are zero.
#[derive(Debug, Clone, Default)]
pub struct Latency {
    exact: Exact,
    zeros: u64,
    values: Option<Box<Counts>>,
}

/// What a histogram would round. All zeros if there is no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Exact {
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

impl Exact {
    fn add(&mut self, other: Exact) {
        if other.count == 0 {
            return;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.count += other.count;
        // Half a million years of waiting are not planned for.
        self.sum += other.sum;
    }
}

impl Latency {
    /// Adds one time.
    pub fn record(&mut self, us: u64) {
        self.exact.add(Exact { count: 1, sum: us, min: us, max: us });
        if us == 0 {
            self.zeros += 1;
        } else {
            self.values.get_or_insert_with(Counts::new).record(us);
        }
    }

    /// Hands over what was recorded, and keeps the memory to go on with. Where nothing was, none is kept.
    pub fn take(&mut self) -> Latency {
        if self.exact.count == 0 {
            self.values = None;
        }
        let values = self.values.as_mut().map(|values| {
            let copy = values.copy();
            values.clear();
            copy
        });
        Latency { exact: std::mem::take(&mut self.exact), zeros: std::mem::take(&mut self.zeros), values }
    }

    /// Adds all times of `other`.
    pub fn merge(&mut self, other: &Latency) {
        self.exact.add(other.exact);
        self.zeros += other.zeros;
        if let Some(values) = &other.values {
            self.values.get_or_insert_with(Counts::new).merge(values);
        }
    }

    /// How many times were recorded.
    pub fn count(&self) -> u64 {
        self.exact.count
    }

    /// The time in µs below or at which `percent` (0 to 100) of all times lie; 0 when there is none.
    pub fn percentile(&self, percent: f64) -> u64 {
        self.percentiles([percent])[0]
    }

    fn percentiles<const N: usize>(&self, percents: [f64; N]) -> [u64; N] {
        let Exact { count, min, max, .. } = self.exact;
        let mut values = histogram(max);
        self.values.iter().for_each(|counts| counts.add_to(&mut values));
        percents.map(|percent| {
            let rank = rank(percent, count);
            let rounded = if rank > self.zeros && !values.is_empty() {
                // Half a rank back, so that rounding can't carry the quantile into the next rank.
                values.value_at_quantile(((rank - self.zeros) as f64 - 0.5) / values.len() as f64)
            } else {
                0
            };
            rounded.clamp(min, max)
        })
    }

    /// Mean, extremes and percentiles.
    pub fn summary(&self) -> Summary {
        let Exact { count, sum, min, max } = self.exact;
        if count == 0 {
            return Summary::default();
        }
        let [p50, p90, p95, p99, p999] = self.percentiles([50.0, 90.0, 95.0, 99.0, 99.9]);
        Summary { min, mean: sum as f64 / count as f64, p50, p90, p95, p99, p999, max }
    }

    /// All times added up, in µs.
    pub fn sum_us(&self) -> u64 {
        self.exact.sum
    }

    /// The shortest and the longest, in µs; zeros if there is none.
    pub fn extremes_us(&self) -> (u64, u64) {
        (self.exact.min, self.exact.max)
    }

    /// How often each time was met, in µs and in their order. Times that differ by less than a thousandth are told
    /// as the shortest of them.
    pub fn slots(&self) -> impl Iterator<Item = (u64, u64)> {
        let zeros = (self.zeros > 0).then_some((0, self.zeros));
        zeros.into_iter().chain(self.values.iter().flat_map(|counts| counts.slots()))
    }

    /// The whole distribution as one HdrHistogram, zeros included.
    pub fn to_histogram(&self) -> Histogram<u64> {
        let mut whole = histogram(MAX_US);
        self.values.iter().for_each(|counts| counts.add_to(&mut whole));
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
        fn what_is_handed_over_is_what_was_recorded_since(
            first in prop::collection::vec(0u64..4_000_000_000, 0..100),
            second in prop::collection::vec(0u64..4_000_000_000, 0..100),
        ) {
            let mut latency = latency(&first);
            let handed = latency.take();
            second.iter().for_each(|&us| latency.record(us));
            for (got, values) in [(handed, first), (latency.take(), second), (latency, vec![])] {
                let whole = self::latency(&values);
                prop_assert_eq!(got.to_histogram(), whole.to_histogram());
                prop_assert_eq!(got.summary(), whole.summary());
            }
        }

        #[test]
        fn percentiles_are_those_of_one_big_histogram(values in prop::collection::vec(1u64..3_600_000_000, 1..200)) {
            let mut big = histogram(MAX_US);
            values.iter().for_each(|&us| big.record(us).unwrap());
            let latency = latency(&values);
            let (min, max) = (values.iter().min().unwrap(), values.iter().max().unwrap());
            for permille in [1, 10, 250, 500, 750, 900, 990, 999, 1000] {
                let rank = (permille * values.len()).div_ceil(1000);
                let expected = big.value_at_quantile((rank as f64 - 0.5) / values.len() as f64).clamp(*min, *max);
                prop_assert_eq!(latency.percentile(permille as f64 / 10.0), expected);
            }
        }

        #[test]
        fn count_mean_and_extremes_are_exact_however_times_are_split(
            values in prop::collection::vec(0u64..8_000_000_000, 1..200), at in 0usize..200,
        ) {
            let (first, second) = values.split_at(at.min(values.len()));
            let mut merged = latency(first);
            merged.merge(&latency(second));
            let summary = merged.summary();
            let mean = values.iter().sum::<u64>() as f64 / values.len() as f64;
            prop_assert_eq!(merged.count(), values.len() as u64);
            prop_assert_eq!(Some(&summary.min), values.iter().min());
            prop_assert_eq!(Some(&summary.max), values.iter().max());
            prop_assert_eq!(summary.mean, mean);
            let ascending = [summary.min, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.max];
            prop_assert!(ascending.is_sorted(), "{summary:?}");
        }

        #[test]
        fn slots_hold_every_time_in_order_and_to_a_thousandth(mut values in prop::collection::vec(0u64..3_600_000_000, 0..200)) {
            let latency = latency(&values);
            let slots: Vec<(u64, u64)> = latency.slots().collect();
            prop_assert!(slots.is_sorted_by(|(a, _), (b, _)| a < b));
            let told: Vec<u64> = slots.iter().flat_map(|&(us, count)| (0..count).map(move |_| us)).collect();
            values.sort_unstable();
            prop_assert_eq!(told.len(), values.len());
            for (told, exact) in told.into_iter().zip(&values) {
                prop_assert!(told <= *exact && (exact - told) as f64 <= *exact as f64 * 0.001, "{} for {}", told, exact);
            }
            prop_assert_eq!(latency.sum_us(), values.iter().sum::<u64>());
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
    fn one_time_is_all_of_its_figures() {
        for us in [358_528, 100_000, 7_200_000_000] {
            let Summary { min, mean, p50, p999, max, .. } = latency(&[us]).summary();
            assert_eq!((min, mean, p50, p999, max), (us, us as f64, us, us, us));
        }
    }

    #[test]
    fn more_than_an_hour_counts_as_an_hour_in_percentiles() {
        let p50 = latency(&[1, 7_200_000_000, 7_200_000_000]).summary().p50;
        assert!(p50.abs_diff(MAX_US) < MAX_US / 1000);
    }
}
