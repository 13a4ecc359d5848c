//! How well one run knows its own figures, when there is no second to hold it against.
//!
//! Neighbouring intervals of a run resemble each other (a checkpoint, a cache that warms), so the plain standard error
//! would be too small. Batch means show by how much: at level k stand the means of 2^k neighbours; with independent values the
//! variance halves from level to level, and τ = 2^k · Var_k / Var_0 says how much less it does. The standard error is then
//! √(Var_0 · τ / n). Where weights differ, a mean is known as well as by n = (Σw)² / Σw² values of equal weight (Kish, "Survey
//! Sampling", 1965), on every level by its own. Other sources: statistics of Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products",
//! 1962; Flyvbjerg and Petersen, "Error Estimates on Averages of Correlated Data", 1989.
//!
//! It says nothing of how runs differ from each other, which is usually more.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::shift::LEVEL;

/// Batches that a level needs for its variance to be believed.
const LEAST_BATCHES: usize = 8;

/// How well a mean is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Within {
    /// Its standard error.
    pub error: f64,
    /// As many independent values would tell as much.
    pub independent: f64,
}

/// Of values in the order of time, each with a weight; none of fewer than a level needs.
pub(super) fn within(values: &[(f64, f64)]) -> Option<Within> {
    let mut level: Vec<(f64, f64)> = values.iter().copied().filter(|(_, weight)| *weight > 0.0).collect();
    if level.len() < LEAST_BATCHES {
        return None;
    }
    let (first, n) = (variance(&level), effective(&level));
    let mut tau = 1.0f64;
    loop {
        level = level.chunks_exact(2).map(|pair| joined(pair[0], pair[1])).collect();
        if level.len() < LEAST_BATCHES || first <= 0.0 {
            break;
        }
        let grown = n / effective(&level) * variance(&level) / first;
        if grown <= tau {
            break;
        }
        tau = grown;
    }
    let independent = (n / tau).max(1.0);
    Some(Within { error: (first / independent).sqrt(), independent })
}

/// The interval of a difference between two runs.
pub(super) fn interval(difference: f64, base: Within, new: Within) -> (f64, f64) {
    let (a, b) = (base.error.powi(2), new.error.powi(2));
    let of = |square: f64, within: Within| square.powi(2) / (within.independent - 1.0).max(1.0);
    // Welch's and Satterthwaite's degrees of freedom.
    let freedom = if a + b > 0.0 { (a + b).powi(2) / (of(a, base) + of(b, new)) } else { 1.0 };
    let reach = quantile(freedom) * (a + b).sqrt();
    (difference - reach, difference + reach)
}

/// The interval of a difference between the runs of one side and the single run of the other, which is taken to differ from its
/// like as they do among themselves; none if they are fewer than two.
pub(super) fn of_single(difference: f64, runs: &[f64]) -> Option<(f64, f64)> {
    if runs.len() < 2 {
        return None;
    }
    let n = runs.len() as f64;
    let mean = runs.iter().sum::<f64>() / n;
    let square = runs.iter().map(|run| (run - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let reach = quantile(n - 1.0) * (square * (1.0 + 1.0 / n)).sqrt();
    Some((difference - reach, difference + reach))
}

/// Of the t distribution: so many standard errors lie on either side.
fn quantile(freedom: f64) -> f64 {
    // There is one for every freedom above 0.
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(f64::INFINITY, |t| t.inverse_cdf((1.0 + LEVEL) / 2.0))
}

/// Two neighbours as one.
fn joined((a, a_weight): (f64, f64), (b, b_weight): (f64, f64)) -> (f64, f64) {
    let weight = a_weight + b_weight;
    ((a * a_weight + b * b_weight) / weight, weight)
}

/// So many values of equal weight would tell as much.
fn effective(values: &[(f64, f64)]) -> f64 {
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(sum, squares), (_, w)| (sum + w, squares + w * w));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// The variance of weighted values, by Welford's method: weights say how much each counts, not how often it came.
fn variance(values: &[(f64, f64)]) -> f64 {
    let (mut weights, mut squared_weights, mut mean, mut spread) = (0.0, 0.0, 0.0, 0.0);
    for (value, weight) in values {
        weights += weight;
        squared_weights += weight * weight;
        let off = value - mean;
        mean += off * weight / weights;
        spread += weight * off * (value - mean);
    }
    let freedom = weights - squared_weights / weights;
    if freedom > 0.0 { spread / freedom } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    /// Values of which each keeps `kept` of the one before.
    fn course(kept: f64, n: usize, seed: u64) -> Vec<(f64, f64)> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut value = 0.0;
        let mut next = || {
            let fresh: f64 = StandardNormal.sample(&mut random);
            value = kept * value + fresh;
            (100.0 + value, 1.0)
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn independent_values_have_the_plain_standard_error() {
        let within = within(&course(0.0, 1024, 3)).expect("there are enough");
        assert!((within.error * 32.0 - 1.0).abs() < 0.3, "{within:?}");
    }

    #[test]
    fn values_that_resemble_their_neighbours_tell_less() {
        // Of such a course the error is (1 + 0.9) / (1 - 0.9) = 19 times larger in its square than the plain one.
        let within = within(&course(0.9, 4096, 5)).expect("there are enough");
        let taken_for = 4096.0 / within.independent;
        assert!((10.0..30.0).contains(&taken_for), "{taken_for}");
    }

    #[test]
    fn what_is_too_short_or_never_moves_is_told_as_that() {
        assert_eq!(within(&course(0.0, 7, 1)), None);
        let still = within(&[(5.0, 2.0); 20]).expect("there are enough");
        assert_eq!((still.error, still.independent), (0.0, 20.0));
        assert_eq!(interval(1.0, still, still), (1.0, 1.0));
    }

    #[test]
    fn weights_say_how_much_a_value_counts() {
        // An interval in which hardly anything happened does not make a figure uncertain.
        let mut values = vec![(10.0, 1000.0); 32];
        values.push((900.0, 0.001));
        assert!(within(&values).expect("there are enough").error < 0.1);
    }

    #[test]
    fn a_few_values_of_large_weight_tell_no_more_than_so_few() {
        // Sixteen of 256 values hold nearly all of the weight; what counts is how far the mean lies from the truth.
        let (mut off, mut told) = (0.0, 0.0);
        for seed in 0..200 {
            let mut values = course(0.0, 256, seed);
            values.iter_mut().enumerate().for_each(|(at, value)| value.1 = if at % 16 == 0 { 100.0 } else { 1.0 });
            let weights: f64 = values.iter().map(|(_, weight)| weight).sum();
            let mean = values.iter().map(|(value, weight)| value * weight).sum::<f64>() / weights;
            off += (mean - 100.0).powi(2);
            told += within(&values).expect("there are enough").error.powi(2);
        }
        assert!((0.7..2.5).contains(&(told / off)), "told {told}, off {off}");
    }

    #[test]
    fn a_single_run_is_held_against_the_spread_of_the_others() {
        let (low, high) = of_single(4.0, &[99.0, 100.0, 101.0]).expect("three runs");
        let reach = 4.302_652_729_911_275 * (4.0f64 / 3.0).sqrt();
        assert!((low - (4.0 - reach)).abs() < 1e-6 && (high - (4.0 + reach)).abs() < 1e-6, "{low} {high}");
        assert_eq!(of_single(4.0, &[99.0]), None);
    }
}
