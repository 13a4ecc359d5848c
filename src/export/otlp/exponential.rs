//! A distribution as OpenTelemetry's exponential histogram.
//!
//! Bucket `i` of scale `s` holds what is more than `b^i` and at most `b^(i + 1)`, where `b = 2^(2^-s)`:
//! <https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram>.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;

use crate::export::distribution::Distribution;

/// Most buckets of one histogram; what the specification proposes.
const MOST_BUCKETS: i64 = 160;

/// The finest scale: a bucket's bounds lie 0.27 % apart. Much finer than the thousandth to which times are known it could
/// not honestly be, and Prometheus takes none finer.
const FINEST: i32 = 8;

/// The coarsest: a bucket takes in 65,536 times its lower bound.
const COARSEST: i32 = -4;

/// Scale, how many values are zero, and the buckets of all others.
#[derive(Debug, PartialEq)]
pub(super) struct Exponential {
    pub(super) scale: i32,
    pub(super) zeros: u64,
    pub(super) buckets: Buckets,
}

impl Exponential {
    /// With the finest scale that needs no more buckets than may be.
    pub(super) fn of(distribution: &Distribution) -> Self {
        let zeros = distribution.slots.iter().filter(|(value, _)| *value <= 0.0).map(|(_, count)| count).sum();
        let values = || distribution.slots.iter().filter(|(value, _)| *value > 0.0);
        let (Some((least, _)), Some((most, _))) = (values().next(), values().next_back()) else {
            return Self { scale: FINEST, zeros, buckets: Buckets::default() };
        };
        let span = |scale| i64::from(index(*most, scale)) - i64::from(index(*least, scale)) + 1;
        let scale = (COARSEST..=FINEST).rev().find(|scale| span(*scale) <= MOST_BUCKETS).unwrap_or(COARSEST);
        let offset = index(*least, scale);
        let mut bucket_counts = vec![0; span(scale) as usize];
        for (value, count) in values() {
            bucket_counts[(index(*value, scale) - offset) as usize] += count;
        }
        Self { scale, zeros, buckets: Buckets { offset, bucket_counts } }
    }
}

/// The bucket of a value above zero.
fn index(value: f64, scale: i32) -> i32 {
    (value.log2() * f64::from(scale).exp2()).ceil() as i32 - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::Latency;

    fn distribution(values: &[u64]) -> Distribution {
        let mut times = Latency::default();
        values.iter().for_each(|&us| times.record(us));
        Distribution::of_times(&times)
    }

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        for (value, bucket) in [(1.0, -1), (1.1, 0), (2.0, 0), (2.1, 1), (4.0, 1), (0.5, -2)] {
            assert_eq!(index(value, 0), bucket, "{value}");
        }
        assert_eq!((index(4.0, 1), index(4.0, -1)), (3, 0));
    }

    #[test]
    fn nothing_and_zeros_have_no_buckets() {
        assert_eq!(Exponential::of(&distribution(&[])).zeros, 0);
        let zeros = Exponential::of(&distribution(&[0, 0]));
        assert_eq!((zeros.zeros, zeros.buckets), (2, Buckets::default()));
    }

    proptest! {
        #[test]
        fn every_value_lies_within_its_bucket(values in prop::collection::vec(0u64..3_600_000_000, 1..100)) {
            let distribution = distribution(&values);
            let Exponential { scale, zeros, buckets } = Exponential::of(&distribution);
            prop_assert_eq!(zeros + buckets.bucket_counts.iter().sum::<u64>(), values.len() as u64);
            prop_assert!(buckets.bucket_counts.len() as i64 <= MOST_BUCKETS);
            let base = f64::from(-scale).exp2().exp2();
            let mut told = Vec::new();
            for (place, count) in buckets.bucket_counts.iter().enumerate() {
                let exponent = f64::from(buckets.offset) + place as f64;
                let bounds = (base.powf(exponent), base.powf(exponent + 1.0));
                told.extend((0..*count).map(|_| bounds));
            }
            let known = distribution.slots.iter().filter(|(value, _)| *value > 0.0);
            let known = known.flat_map(|(value, count)| (0..*count).map(move |_| *value));
            for ((low, high), value) in told.into_iter().zip(known) {
                // Logarithms round.
                prop_assert!(low * (1.0 - 1e-9) < value && value <= high * (1.0 + 1e-9), "{} in {}..{}", value, low, high);
            }
        }
    }
}
