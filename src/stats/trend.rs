//! One distribution of numbers of any unit.

use hdrhistogram::Histogram;

/// The factor by which values are scaled before they enter a histogram of integers.
const SCALE: f64 = 1000.0;

/// The largest scaled value that is kept; above it doubles have gaps of more than 1.
const LARGEST: f64 = (1u64 << 53) as f64;

/// The largest number that is kept as it is.
pub const LARGEST_TREND: f64 = LARGEST / SCALE;

/// Numbers from 0: their number, sum and extremes exactly, their distribution to 3 significant digits and a
/// thousandth of the unit.
#[derive(Debug, Clone)]
pub struct Trend {
    values: Histogram<u64>,
    sum: f64,
    min: f64,
    max: f64,
}

impl Default for Trend {
    fn default() -> Self {
        let mut values = Histogram::new(3).expect("3 digits are valid");
        values.auto(true);
        Self { values, sum: 0.0, min: f64::INFINITY, max: 0.0 }
    }
}

impl Trend {
    /// Adds one number; negative ones, and what is none, count as zero.
    pub fn observe(&mut self, value: f64) {
        let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, LARGEST_TREND) };
        self.values.record((value * SCALE).round() as u64).expect("it resizes itself up to far beyond the largest");
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Adds all numbers of `other`.
    pub fn merge(&mut self, other: &Trend) {
        self.values.add(&other.values).expect("histograms that resize themselves always fit");
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.values.len()
    }

    /// All numbers added up.
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// How often each number was met, in their order. Numbers that differ by less than a thousandth are told as one.
    pub fn slots(&self) -> impl Iterator<Item = (f64, u64)> {
        let lowest = |value: u64| self.values.lowest_equivalent(value) as f64 / SCALE;
        self.values.iter_recorded().map(move |slot| (lowest(slot.value_iterated_to()), slot.count_at_value()))
    }

    /// The arithmetic mean; 0 if there is no number, as of the others.
    pub fn mean(&self) -> f64 {
        if self.values.is_empty() { 0.0 } else { self.sum / self.count() as f64 }
    }

    /// The smallest.
    pub fn min(&self) -> f64 {
        if self.values.is_empty() { 0.0 } else { self.min }
    }

    /// The largest.
    pub fn max(&self) -> f64 {
        self.max
    }

    /// The number below or at which `percent` (0 to 100) of all lie.
    pub fn percentile(&self, percent: f64) -> f64 {
        (self.values.value_at_percentile(percent) as f64 / SCALE).clamp(self.min(), self.max)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trend(values: &[f64]) -> Trend {
        let mut trend = Trend::default();
        values.iter().for_each(|&value| trend.observe(value));
        trend
    }

    #[test]
    fn a_trend_keeps_values_of_any_size() {
        let trend = trend(&[0.001, 250.0, 1e9, -5.0, f64::NAN, f64::INFINITY]);
        assert_eq!(trend.count(), 6);
        let slots: Vec<(f64, u64)> = trend.slots().collect();
        assert_eq!(slots[..2], [(0.0, 2), (0.001, 1)]);
        assert_eq!(slots.iter().map(|(_, count)| count).sum::<u64>(), 6);
        assert_eq!(trend.percentile(50.0), 0.001);
        for (percent, expected) in [(400.0 / 6.0, 250.0), (500.0 / 6.0, 1e9)] {
            let got = trend.percentile(percent);
            assert!((got - expected).abs() <= expected * 0.001, "{got} for {expected}");
        }
        assert_eq!(trend.max(), LARGEST_TREND);
    }

    #[test]
    fn equal_numbers_are_all_of_its_figures() {
        for value in [10.0, 0.0004, 12_345.678] {
            let trend = trend(&[value; 4]);
            assert_eq!((trend.min(), trend.mean(), trend.max()), (value, value, value));
            assert_eq!((trend.percentile(50.0), trend.percentile(99.9)), (value, value));
        }
    }

    #[test]
    fn no_numbers_are_all_zeros() {
        let none = trend(&[]);
        assert_eq!((none.count(), none.min(), none.mean(), none.max(), none.percentile(95.0)), (0, 0.0, 0.0, 0.0, 0.0));
    }

    proptest! {
        #[test]
        fn count_mean_and_extremes_are_those_of_the_numbers_however_they_are_split(
            // Whole numbers, so that sums do not depend on their order.
            values in prop::collection::vec((0u32..2_000_000).prop_map(f64::from), 1..100), at in 0usize..100,
        ) {
            let (first, second) = values.split_at(at.min(values.len()));
            let mut merged = trend(first);
            merged.merge(&trend(second));
            prop_assert_eq!(merged.count(), values.len() as u64);
            prop_assert_eq!(merged.mean(), values.iter().sum::<f64>() / values.len() as f64);
            prop_assert_eq!(merged.min(), values.iter().copied().fold(f64::INFINITY, f64::min));
            prop_assert_eq!(merged.max(), values.iter().copied().fold(0.0, f64::max));
            let ascending = [0.0, 50.0, 90.0, 99.9, 100.0].map(|percent| merged.percentile(percent));
            prop_assert!(ascending.is_sorted() && ascending[0] >= merged.min() && ascending[4] <= merged.max());
        }
    }
}
