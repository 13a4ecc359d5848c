//! Mann's and Whitney's test: how likely runs would be sorted as they are if both sides were alike.
//!
//! Exact, ties included: all ways of dealing the ranks out to the two sides are counted, by the shift algorithm (Streitberg and
//! Röhmel, "Exact Distributions for Permutation and Rank Tests", 1986). Only where there are so many runs that this takes
//! long is the normal distribution used, with its correction for ties. Source: Mann and Whitney, "On a Test of Whether One of Two
//! Random Variables is Stochastically Larger than the Other", 1947.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, Normal};

/// Runs of both sides together up to which ways are counted.
const COUNTED: usize = 60;

/// The rank of each value times two, which is whole even where several share a rank.
pub(in crate::analysis) fn double_ranks(values: &[f64]) -> Vec<usize> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let same = values.iter().filter(|other| *other == value).count();
        2 * below + same + 1
    };
    values.iter().map(rank).collect()
}

/// Ways that were counted, by the ranks and how many of them are chosen: figures without ties all have the same.
#[derive(Debug, Default)]
pub(super) struct Counts {
    ways: BTreeMap<(Vec<usize>, usize), Vec<f64>>,
}

impl Counts {
    /// How likely `new` would be at least as high against `base` if there were no difference; 1 if either is empty.
    pub fn p_higher(&mut self, base: &[f64], new: &[f64]) -> f64 {
        let all: Vec<f64> = new.iter().chain(base).copied().collect();
        if base.is_empty() || new.is_empty() {
            return 1.0;
        }
        let mut ranks = double_ranks(&all);
        let sum: usize = ranks[..new.len()].iter().sum();
        ranks.sort_unstable();
        if all.len() <= COUNTED { self.counted(ranks, new.len(), sum) } else { normal(&ranks, new.len(), sum) }
    }

    /// The part of all ways to choose `chosen` of the ranks whose sum is at least `sum`.
    fn counted(&mut self, ranks: Vec<usize>, chosen: usize, sum: usize) -> f64 {
        let ways = self.ways.entry((ranks, chosen)).or_insert_with_key(|(ranks, chosen)| ways(ranks, *chosen));
        ways[sum..].iter().sum::<f64>() / ways.iter().sum::<f64>()
    }
}

/// The least that [`Counts::p_higher`] can be with so many runs a side: one way of all.
pub(super) fn least_p(base: usize, new: usize) -> f64 {
    (1..=new).map(|place| place as f64 / (base + place) as f64).product()
}

/// By their sum, the ways to choose `chosen` of the ranks.
fn ways(ranks: &[usize], chosen: usize) -> Vec<f64> {
    let most: usize = ranks.iter().sum();
    // ways[k][s]: choices of k ranks whose sum is s. As floats they are exact up to 2^53, and close enough beyond.
    let mut ways = vec![vec![0.0f64; most + 1]; chosen + 1];
    ways[0][0] = 1.0;
    // The largest sum of those that have had their turn: beyond it there are no ways.
    let mut reached = 0;
    for &rank in ranks {
        for k in (1..=chosen).rev() {
            let (fewer, these) = ways.split_at_mut(k);
            for s in 0..=reached {
                these[0][s + rank] += fewer[k - 1][s];
            }
        }
        reached += rank;
    }
    ways.swap_remove(chosen)
}

/// The same by the normal distribution, with a correction for the steps between sums.
fn normal(ranks: &[usize], chosen: usize, sum: usize) -> f64 {
    let (n, k) = (ranks.len() as f64, chosen as f64);
    let mean = ranks.iter().sum::<usize>() as f64 / n;
    let spread = ranks.iter().map(|rank| (*rank as f64 - mean).powi(2)).sum::<f64>();
    let variance = k * (n - k) / (n * (n - 1.0)) * spread;
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (sum as f64 - 1.0 - k * mean) / variance.sqrt();
    Normal::standard().sf(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    fn p_higher(base: &[f64], new: &[f64]) -> f64 {
        Counts::default().p_higher(base, new)
    }

    #[test]
    fn what_was_counted_for_one_figure_serves_only_those_with_the_same_ranks() {
        let mut counts = Counts::default();
        let figures = [[1.0, 2.0, 3.0, 4.0], [9.0, 8.0, 7.0, 1.0], [1.0, 2.0, 2.0, 3.0], [4.0, 4.0, 4.0, 4.0]];
        for figure in figures {
            for at in 1..4 {
                let (base, new) = figure.split_at(at);
                assert!(close(counts.p_higher(base, new), p_higher(base, new)), "{figure:?} {at}");
            }
        }
        assert_eq!(counts.ways.len(), 9, "the first two have the same ranks");
    }

    #[test]
    fn the_tables_values_come_out() {
        // Of 252 ways to deal ten runs out to two sides of five, one is sorted wholly, one more but for one pair.
        let base = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!(close(p_higher(&base, &[6.0, 7.0, 8.0, 9.0, 10.0]), 1.0 / 252.0));
        assert!(close(p_higher(&base, &[4.5, 7.0, 8.0, 9.0, 10.0]), 2.0 / 252.0));
        assert!(close(p_higher(&[6.0, 7.0, 8.0], &base[..3]), 1.0));
        for n in 1..8 {
            let (low, high): (Vec<f64>, Vec<f64>) = (0..n).map(|at| (at as f64, 100.0 + at as f64)).unzip();
            assert!(close(p_higher(&low, &high), least_p(n, n)), "{n}");
        }
        assert!(close(least_p(3, 3), 0.05) && close(least_p(4, 4), 1.0 / 70.0));
    }

    #[test]
    fn ties_are_counted_and_what_is_all_the_same_tells_nothing() {
        assert!(close(p_higher(&[1.0; 5], &[1.0; 5]), 1.0));
        // Two of the four values are the same: the six ways have the sums 7, 9, 10, 10, 11 and 13.
        assert!(close(p_higher(&[1.0, 2.0], &[2.0, 3.0]), 2.0 / 6.0));
    }

    #[test]
    fn the_normal_distribution_agrees_where_both_can_be_had() {
        let base: Vec<f64> = (0..20).map(|at| f64::from(at * 7 % 20)).collect();
        let new: Vec<f64> = base.iter().map(|value| value + 3.5).collect();
        let all: Vec<f64> = new.iter().chain(&base).copied().collect();
        let ranks = double_ranks(&all);
        let sum = ranks[..20].iter().sum();
        let (exact, near) = (Counts::default().counted(ranks.clone(), 20, sum), normal(&ranks, 20, sum));
        assert!((exact - near).abs() < 0.002, "{exact} {near}");
    }

    proptest::proptest! {
        #[test]
        fn either_side_is_higher_or_the_other_is(values in proptest::collection::vec(0u8..20, 2..14), at in 1usize..13) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let (base, new) = values.split_at(at.min(values.len() - 1));
            let (higher, lower) = (p_higher(base, new), p_higher(new, base));
            proptest::prop_assert!(higher > 0.0 && higher <= 1.0 + 1e-12);
            // Both count the ways that are as sorted as this one.
            proptest::prop_assert!(higher + lower > 1.0);
        }
    }
}
