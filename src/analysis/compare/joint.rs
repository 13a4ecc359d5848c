//! The operations at once: which of many figures stand out, when the same runs have them all.
//!
//! Holm's bound would ask more of 25 operations than five runs a side can give. This takes his steps, but knows what the bound only
//! fears: how far the most extreme of all figures comes out by chance. It deals the runs out to the two sides in all ways (or in
//! many, drawn by a fixed seed), each run with all its figures, and looks how often any figure stands out as clearly. Figures that move
//! together are so not paid for twice. Source: Westfall and Young, "Resampling-Based Multiple Testing", 1993, step-down maxT.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Ways that are looked at, at most: of 252 (five runs a side) or 924 (six) all are.
const MOST_WAYS: usize = 2_000;

/// For each figure, p-values of being higher on the other side, adjusted to all figures. `figures` holds for each figure
/// that of every run, those of the base first.
pub(super) fn higher(figures: &[Vec<f64>], base: usize) -> Vec<f64> {
    let runs = figures.first().map_or(0, Vec::len);
    if figures.is_empty() || base == 0 || base >= runs {
        return vec![1.0; figures.len()];
    }
    let figures: Vec<Vec<f64>> = figures.iter().map(|figure| centred(figure)).collect();
    let told: Vec<bool> = (0..runs).map(|run| run >= base).collect();
    let observed: Vec<f64> = figures.iter().map(|figure| stands_out(figure, &told)).collect();
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|a, b| observed[*b].total_cmp(&observed[*a]));
    let ways = ways(&told);
    let mut as_clear = vec![0usize; figures.len()];
    for way in &ways {
        // From the least clear upwards: each is held against itself and those that were less clear.
        let mut clearest = f64::NEG_INFINITY;
        for &figure in order.iter().rev() {
            clearest = clearest.max(stands_out(&figures[figure], way));
            as_clear[figure] += usize::from(clearest >= observed[figure] - 1e-9);
        }
    }
    let mut adjusted = vec![1.0; figures.len()];
    let mut so_far = 0.0f64;
    for figure in order {
        so_far = so_far.max(as_clear[figure] as f64 / ways.len() as f64);
        adjusted[figure] = so_far;
    }
    adjusted
}

/// By how many of its standard errors the other side's mean is higher (Welch's t). The figure's mean over all runs has
/// been taken off, so that squares lose no digits.
fn stands_out(figure: &[f64], is_new: &[bool]) -> f64 {
    let (mut counts, mut sums, mut squares) = ([0.0f64; 2], [0.0f64; 2], [0.0f64; 2]);
    for (value, is_new) in figure.iter().zip(is_new) {
        let side = usize::from(*is_new);
        counts[side] += 1.0;
        sums[side] += value;
        squares[side] += value * value;
    }
    let mean = [sums[0] / counts[0], sums[1] / counts[1]];
    let error = |side: usize| {
        let spread = (squares[side] - sums[side] * mean[side]).max(0.0);
        spread / (counts[side] - 1.0).max(1.0) / counts[side]
    };
    let difference = mean[1] - mean[0];
    // Where no run differs from its side, any difference between the sides stands out.
    let least = 1e-9 * (squares[0] + squares[1]).sqrt();
    if difference.abs() <= least { 0.0 } else { difference / (error(0) + error(1)).sqrt().max(least) }
}

/// A figure without its mean over all runs.
fn centred(figure: &[f64]) -> Vec<f64> {
    let mean = figure.iter().sum::<f64>() / figure.len() as f64;
    figure.iter().map(|value| value - mean).collect()
}

/// Ways of dealing runs out to sides of these sizes, the one that was told among them: all if they are few enough.
fn ways(told: &[bool]) -> Vec<Vec<bool>> {
    let new = told.iter().filter(|is| **is).count();
    let count = (1..=new).fold(1.0, |ways, place| ways * (told.len() - new + place) as f64 / place as f64);
    if count <= MOST_WAYS as f64 {
        let mut all = Vec::new();
        deal(told.len(), new, &mut Vec::with_capacity(told.len()), &mut all);
        return all;
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(told.len() as u64);
    let drawn = (1..MOST_WAYS).map(|_| {
        let mut way = told.to_vec();
        way.shuffle(&mut random);
        way
    });
    std::iter::once(told.to_vec()).chain(drawn).collect()
}

/// All ways to go on from a beginning, with so many runs left and so many of them new.
fn deal(left: usize, new: usize, begun: &mut Vec<bool>, all: &mut Vec<Vec<bool>>) {
    if left == 0 {
        all.push(begun.clone());
        return;
    }
    for is_new in [true, false] {
        if (is_new && new > 0) || (!is_new && left > new) {
            begun.push(is_new);
            deal(left - 1, new - usize::from(is_new), begun, all);
            begun.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_are_dealt_once() {
        let all = ways(&[false, false, false, true, true]);
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|way| way.iter().filter(|is| **is).count() == 2));
        let mut sorted = all.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 10);
        assert_eq!(ways(&[[false; 10], [true; 10]].concat()).len(), MOST_WAYS);
    }

    #[test]
    fn the_one_of_many_that_changed_is_found_with_five_runs_a_side() {
        let quiet = |figure: u32| (0..10).map(move |run| 100.0 + f64::from((run * 7 + figure * 3) % 10)).collect();
        let mut figures: Vec<Vec<f64>> = (0..25).map(quiet).collect();
        figures[7][5..].iter_mut().for_each(|value| *value += 40.0);
        let adjusted = higher(&figures, 5);
        assert!(adjusted[7] <= 0.01, "{adjusted:?}");
        assert!(adjusted.iter().enumerate().all(|(figure, p)| figure == 7 || *p > 0.05), "{adjusted:?}");
    }

    #[test]
    fn what_never_differs_is_never_found() {
        assert_eq!(higher(&[vec![1.0; 10]], 5), [1.0]);
        assert_eq!(higher(&[vec![1.0; 2]], 2), [1.0]);
        assert!(higher(&[], 1).is_empty());
    }
}
