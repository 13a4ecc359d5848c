//! By how much one side is higher: Hodges's and Lehmann's shift, and how well it is known.
//!
//! The shift is the median of all differences between a run of the one side and a run of the other, which a single odd run does not move
//! (Hodges and Lehmann, "Estimates of Location Based on Rank Tests", 1963). Its interval is found by the bootstrap: both sides are
//! drawn again from themselves, many times. With few runs the plain percentiles of that are too close together; they are taken
//! farther out, as the t distribution is farther out than the normal one (Hesterberg, "What Teachers Should Know About the
//! Bootstrap", 2015, "expanded percentile interval").

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::analysis::median::median;

/// How sure an interval is.
pub(super) const LEVEL: f64 = 0.95;

/// The seed of all draws, so that the same records always give the same figures.
const SEED: u64 = 0x7468_726f_6e67;

/// By how much `new` is higher than `base`.
pub(super) fn shift(base: &[f64], new: &[f64]) -> f64 {
    median(base.iter().flat_map(|a| new.iter().map(move |b| b - a)).collect())
}

/// The interval in which the shift lies, from so many draws; none where a side has a single run, whose spread is not known.
pub(super) fn interval(base: &[f64], new: &[f64], draws: usize) -> Option<(f64, f64)> {
    if base.len() < 2 || new.len() < 2 || draws == 0 {
        return None;
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut again =
        |side: &[f64]| -> Vec<f64> { side.iter().map(|_| side[random.random_range(0..side.len())]).collect() };
    let mut shifts: Vec<f64> = (0..draws).map(|_| shift(&again(base), &again(new))).collect();
    shifts.sort_by(f64::total_cmp);
    let tail = tail(base.len().min(new.len()), base.len() + new.len() - 2);
    let at = |part: f64| shifts[((part * draws as f64) as usize).min(draws - 1)];
    Some((at(tail), at(1.0 - tail)))
}

/// The part of the draws that lies beyond an end of the interval.
fn tail(runs: usize, freedom: usize) -> f64 {
    let outer = (1.0 - LEVEL) / 2.0;
    // Both can be had of any whole number above 0, which the caller sees to.
    let Ok(t) = StudentsT::new(0.0, 1.0, freedom as f64) else { return outer };
    let farther = t.inverse_cdf(1.0 - outer) * (runs as f64 / (runs as f64 - 1.0)).sqrt();
    Normal::standard().sf(farther)
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    #[test]
    fn one_odd_run_does_not_move_the_shift() {
        let base = [10.0, 11.0, 12.0, 13.0, 14.0];
        assert_eq!(shift(&base, &[20.0, 21.0, 22.0, 23.0, 24.0]), 10.0);
        assert_eq!(shift(&base, &[20.0, 21.0, 22.0, 23.0, 900.0]), 10.0);
    }

    #[test]
    fn a_single_run_has_no_interval_and_equal_ones_a_point() {
        assert_eq!(interval(&[1.0], &[1.0, 2.0], 100), None);
        assert_eq!(interval(&[1.0; 4], &[3.0; 4], 100), Some((2.0, 2.0)));
        let some = interval(&[1.0, 2.0, 4.0], &[2.0, 3.0, 7.0], 500);
        assert_eq!(some, interval(&[1.0, 2.0, 4.0], &[2.0, 3.0, 7.0], 500), "the same records, the same interval");
    }

    #[test]
    fn the_interval_holds_the_true_shift_about_as_often_as_it_says() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut side = |mean: f64, runs| -> Vec<f64> {
            let mut one = || -> f64 { StandardNormal.sample(&mut random) };
            (0..runs).map(|_| mean + 3.0 * one()).collect()
        };
        for (runs, least) in [(3, 0.86), (5, 0.92), (10, 0.92)] {
            let holds = (0..600).filter(|_| {
                let (base, new) = (side(100.0, runs), side(110.0, runs));
                interval(&base, &new, 400).is_some_and(|(low, high)| low <= 10.0 && high >= 10.0)
            });
            let part = holds.count() as f64 / 600.0;
            assert!((least..=0.995).contains(&part), "{runs} runs a side: {part}");
        }
    }
}
