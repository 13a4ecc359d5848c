//! Who plays what: shares of personas over the numbers of users and arrivals.

/// Splits `total` by `weights`, largest remainder first, the earlier one where remainders are equal.
///
/// The parts differ from the exact quotas by less than one and add up to
/// `total`. Weights of no sum give nothing to anybody.
pub fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let quota = |weight: &u64| u128::from(total) * u128::from(*weight);
    let mut parts: Vec<u64> = weights.iter().map(|weight| (quota(weight) / sum) as u64).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&index| std::cmp::Reverse(quota(&weights[index]) % sum));
    let left = total - parts.iter().sum::<u64>();
    for &index in by_remainder.iter().take(left as usize) {
        parts[index] += 1;
    }
    parts
}

/// An order of `counts[i]` times each `i` in which every prefix is near the shares.
///
/// The k-th turn of `i` may come from position `⌊k·total/count⌋` on and must
/// come before `⌈(k+1)·total/count⌉`; the earliest deadline goes first. So in
/// every prefix each `i` is within one of its exact share (Baruah et al.,
/// "Proportionate progress", 1996).
pub fn interleave(counts: &[u64]) -> Vec<u16> {
    let total: u64 = counts.iter().sum();
    let scaled = |turn: u64| u128::from(turn) * u128::from(total);
    let mut taken = vec![0u64; counts.len()];
    (0..total)
        .filter_map(|position| {
            let next = (0..counts.len())
                .filter(|&i| taken[i] < counts[i] && scaled(taken[i]) / u128::from(counts[i]) <= u128::from(position))
                .min_by_key(|&i| scaled(taken[i] + 1).div_ceil(u128::from(counts[i])))?;
            taken[next] += 1;
            u16::try_from(next).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fifty_users_at_50_20_25_5_are_always_split_alike() {
        // In the order of names: file_operations, mixed, read_heavy, write_heavy.
        assert_eq!(apportion(50, &[5, 25, 50, 20]), [3, 12, 25, 10]);
        assert_eq!(apportion(10, &[5, 25, 50, 20]), [1, 2, 5, 2]);
    }

    #[test]
    fn personas_take_turns() {
        assert_eq!(interleave(&[1, 1, 2]), [2, 0, 1, 2]);
        assert_eq!(interleave(&[0, 3]), [1, 1, 1]);
        assert!(interleave(&[]).is_empty());
    }

    fn weights() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(0u64..1000, 1..10).prop_filter("some weight", |weights| weights.iter().sum::<u64>() > 0)
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_within_one_of_their_quota(total in 0u64..1_000_000, weights in weights()) {
            let parts = apportion(total, &weights);
            prop_assert_eq!(parts.iter().sum::<u64>(), total);
            let sum = weights.iter().sum::<u64>() as f64;
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((*part as f64 - total as f64 * *weight as f64 / sum).abs() < 1.0);
            }
        }

        #[test]
        fn every_prefix_is_within_one_of_the_shares(counts in prop::collection::vec(0u64..60, 1..8)) {
            let order = interleave(&counts);
            let total = counts.iter().sum::<u64>();
            prop_assert_eq!(order.len() as u64, total);
            let mut taken = vec![0u64; counts.len()];
            for (position, persona) in order.iter().enumerate() {
                taken[usize::from(*persona)] += 1;
                for (taken, count) in taken.iter().zip(&counts) {
                    let share = (position + 1) as f64 * *count as f64 / total as f64;
                    prop_assert!((*taken as f64 - share).abs() < 1.0, "{order:?}");
                }
            }
            prop_assert_eq!(taken, counts);
        }
    }
}
