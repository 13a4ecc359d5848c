//! Where a series of figures makes a step.
//!
//! Every place is tried: the ranks of what lies before it are held against those after it, in standard deviations (Wilcoxon's and Mann's and
//! Whitney's statistic). Since the clearest of many places is always somewhat clear, it is not judged by a table, but by dealing
//! the same values out in many other orders and looking how often their clearest place is as clear. If that is rare, there is a
//! step, at the place that leaves both sides' values closest to their medians; both parts are then looked at in the same way. Sources: Pettitt, "A
//! Non-Parametric Approach to the Change-Point Problem", 1979; the search in halves and the test by permutations as in Matteson and James, "A
//! Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data", 2014 (E-divisive).
//!
//! Ranks rather than E-divisive's distances, because one odd run on a busy machine must not make a step, and because what is
//! looked for is another level, not another spread.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::analysis::compare::ranks::double_ranks;
use crate::analysis::median::median;

/// Runs on either side of a step: two odd runs make none.
pub(super) const LEAST: usize = 3;

/// Orders that the values are dealt out in.
const ORDERS: usize = 999;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// The first value on the new level.
    pub at: usize,
    /// How often so clear a step comes of chance.
    pub p: f64,
}

/// The steps of a series, each less likely by chance than `level`, the earliest first.
pub(super) fn steps(values: &[f64], level: f64) -> Vec<Step> {
    let mut steps = Vec::new();
    search(values, 0, level, &mut steps);
    steps.sort_by_key(|step| step.at);
    steps
}

fn search(values: &[f64], from: usize, level: f64, steps: &mut Vec<Step>) {
    let ranks: Vec<f64> = double_ranks(values).into_iter().map(|rank| rank as f64).collect();
    let Some(clear) = clearest(&ranks) else { return };
    let p = chance(&ranks, clear);
    if p > level {
        return;
    }
    let at = place(values);
    steps.push(Step { at: from + at, p });
    search(&values[..at], from, level, steps);
    search(&values[at..], from + at, level, steps);
}

/// The place that leaves least to either side's runs to differ by: the sum of their distances from their side's median is least. The
/// clearest place by ranks is drawn towards the middle, since more runs on the smaller side make anything clearer.
fn place(values: &[f64]) -> usize {
    let distances = |side: &[f64]| {
        let middle = median(side.to_vec());
        side.iter().map(|value| (value - middle).abs()).sum::<f64>()
    };
    let left = |at: usize| distances(&values[..at]) + distances(&values[at..]);
    let places = LEAST..=values.len() - LEAST;
    places.min_by(|a, b| left(*a).total_cmp(&left(*b))).unwrap_or(LEAST)
}

/// How clear the clearest place is; none in a series that is too short or never moves.
fn clearest(ranks: &[f64]) -> Option<f64> {
    let n = ranks.len() as f64;
    if ranks.len() < 2 * LEAST {
        return None;
    }
    let mean = ranks.iter().sum::<f64>() / n;
    let spread = ranks.iter().map(|rank| (rank - mean).powi(2)).sum::<f64>();
    if spread <= 0.0 {
        return None;
    }
    let mut before = 0.0;
    let mut clearest = 0.0f64;
    for at in 1..=ranks.len() - LEAST {
        before += ranks[at - 1];
        if at < LEAST {
            continue;
        }
        let k = at as f64;
        let variance = k * (n - k) / (n * (n - 1.0)) * spread;
        clearest = clearest.max((before - k * mean).abs() / variance.sqrt());
    }
    Some(clearest)
}

/// How often the clearest place of the same ranks in another order is as clear.
fn chance(ranks: &[f64], clear: f64) -> f64 {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(ranks.len() as u64);
    let mut dealt = ranks.to_vec();
    let mut as_clear = 1;
    for _ in 0..ORDERS {
        dealt.shuffle(&mut random);
        as_clear += usize::from(clearest(&dealt).is_some_and(|other| other >= clear - 1e-12));
    }
    as_clear as f64 / (ORDERS + 1) as f64
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    /// Runs that differ by three in a hundred, from `at` on by `step` more.
    fn series(runs: usize, at: usize, step: f64, seed: u64) -> Vec<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut noise = || -> f64 { StandardNormal.sample(&mut random) };
        let level = |run: usize| if run >= at { 1.0 + step } else { 1.0 };
        (0..runs).map(|run| 20_000.0 * level(run) * (0.03 * noise()).exp()).collect()
    }

    #[test]
    fn a_series_without_a_step_is_called_one_at_most_five_times_in_a_hundred() {
        for runs in [8, 20] {
            let alarms = (0..400).filter(|seed| !steps(&series(runs, runs, 0.0, *seed), 0.05).is_empty()).count();
            // Of 400 series 20 are expected; by chance alone hardly ever more than 33 (three standard deviations).
            assert!(alarms <= 33, "{runs} runs: {alarms} of 400");
        }
    }

    #[test]
    fn a_step_is_found_at_its_run() {
        for (runs, at, step, least) in [(20, 12, 0.20, 190), (20, 12, 0.10, 150), (30, 25, -0.20, 190)] {
            let exact = |seed: &u64| steps(&series(runs, at, step, *seed), 0.05 / 6.0).iter().any(|step| step.at == at);
            let found = (0..200).filter(exact).count();
            assert!(found >= least, "{step} at run {at} of {runs}: {found} of 200");
        }
    }

    #[test]
    fn two_steps_are_two_and_one_odd_run_is_none() {
        let mut twice = series(30, 10, 0.3, 7);
        twice[20..].iter_mut().for_each(|value| *value *= 1.4);
        let found: Vec<usize> = steps(&twice, 0.01).iter().map(|step| step.at).collect();
        assert_eq!(found, [10, 20]);
        let mut odd = series(20, 20, 0.0, 8);
        odd[11] *= 5.0;
        assert!(steps(&odd, 0.01).is_empty());
    }

    #[test]
    fn what_is_too_short_or_never_moves_has_none() {
        assert!(steps(&[1.0, 1.0, 1.0, 9.0, 9.0], 0.5).is_empty());
        assert!(steps(&[4.0; 20], 0.5).is_empty());
        assert!(steps(&[], 0.5).is_empty());
    }
}
