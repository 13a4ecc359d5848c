//! Times or numbers as histograms of other kinds are made from.

use crate::stats::{Latency, Trend};

/// What a µs is of a second.
pub(super) const US_PER_S: f64 = 1e6;

/// A distribution in the unit of its metric: seconds for times.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Distribution {
    /// How many values there are.
    pub(super) count: u64,
    /// All of them added up.
    pub(super) sum: f64,
    /// The smallest, 0 if there is none.
    pub(super) min: f64,
    /// The largest.
    pub(super) max: f64,
    /// How often each was met, in their order; to a thousandth.
    pub(super) slots: Vec<(f64, u64)>,
}

impl Distribution {
    pub(super) fn of_times(times: &Latency) -> Self {
        let (min, max) = times.extremes_us();
        Self {
            count: times.count(),
            sum: times.sum_us() as f64 / US_PER_S,
            min: min as f64 / US_PER_S,
            max: max as f64 / US_PER_S,
            slots: times.slots().map(|(us, count)| (us as f64 / US_PER_S, count)).collect(),
        }
    }

    pub(super) fn of_numbers(numbers: &Trend) -> Self {
        Self {
            count: numbers.count(),
            sum: numbers.sum(),
            min: numbers.min(),
            max: numbers.max(),
            slots: numbers.slots().collect(),
        }
    }

    /// How many values lie above each bound but not above the next, with all that is above the last at the end.
    pub(super) fn between(&self, bounds: &[f64]) -> Vec<u64> {
        let mut counts = vec![0; bounds.len() + 1];
        for &(value, count) in &self.slots {
            counts[bounds.partition_point(|bound| *bound < value)] += count;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_up_to_and_with_their_bound() {
        let mut times = Latency::default();
        [0, 999, 1000, 1001, 5000, 70_000_000].into_iter().for_each(|us| times.record(us));
        let distribution = Distribution::of_times(&times);
        assert_eq!(distribution.between(&[0.001, 0.005, 60.0]), [3, 2, 0, 1]);
        assert_eq!((distribution.count, distribution.min, distribution.max), (6, 0.0, 70.0));
        assert_eq!(distribution.sum, 70.008);
    }
}
