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
    let figures: Vec<Centred> = figures.iter().map(|figure| Centred::of(figure)).collect();
    let told: Vec<usize> = (base..runs).collect();
    let observed: Vec<f64> = figures.iter().map(|figure| stands_out(figure, &told)).collect();
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|a, b| observed[*b].total_cmp(&observed[*a]));
    let ways = ways(runs, &told);
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

/// A figure without its mean over all runs, so that squares lose no digits.
struct Centred {
    runs: Vec<f64>,
    squares: f64,
}

impl Centred {
    fn of(figure: &[f64]) -> Self {
        let mean = figure.iter().sum::<f64>() / figure.len() as f64;
        let runs: Vec<f64> = figure.iter().map(|value| value - mean).collect();
        let squares = runs.iter().map(|value| value * value).sum();
        Self { runs, squares }
    }
}

/// By how many of its standard errors the mean of these runs is higher than that of the others (Welch's t).
fn stands_out(figure: &Centred, new: &[usize]) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for &run in new {
        let value = figure.runs[run];
        sum += value;
        squares += value * value;
    }
    // What the new side lacks the base has, since the sum of all is 0.
    let (base, new) = ((figure.runs.len() - new.len()) as f64, new.len() as f64);
    let error = |sum: f64, squares: f64, count: f64| {
        let spread = (squares - sum * sum / count).max(0.0);
        spread / (count - 1.0).max(1.0) / count
    };
    let difference = sum / new + sum / base;
    // Where no run differs from its side, any difference between the sides stands out.
    let least = 1e-9 * figure.squares.sqrt();
    if difference.abs() <= least {
        return 0.0;
    }
    let errors = error(sum, squares, new) + error(-sum, figure.squares - squares, base);
    difference / errors.sqrt().max(least)
}

/// Ways of dealing runs out to sides of these sizes, each as the runs of the new side, the one that was told among them: all if they
/// are few enough.
fn ways(runs: usize, told: &[usize]) -> Vec<Vec<usize>> {
    let new = told.len();
    let count = (1..=new).fold(1.0, |ways, place| ways * (runs - new + place) as f64 / place as f64);
    if count <= MOST_WAYS as f64 {
        let mut all = Vec::new();
        deal(runs, new, &mut Vec::with_capacity(new), &mut all);
        return all;
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(runs as u64);
    let mut order: Vec<usize> = (0..runs).collect();
    let drawn = (1..MOST_WAYS).map(|_| {
        order.shuffle(&mut random);
        order[..new].to_vec()
    });
    std::iter::once(told.to_vec()).chain(drawn).collect()
}

/// All ways to go on from a beginning, with so many runs left and so many of them new.
fn deal(left: usize, new: usize, begun: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
    if new == 0 {
        all.push(begun.clone());
        return;
    }
    if left > new {
        deal(left - 1, new, begun, all);
    }
    begun.push(left - 1);
    deal(left - 1, new - 1, begun, all);
    begun.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_are_dealt_once() {
        let all = ways(5, &[3, 4]);
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|way| way.len() == 2 && way.iter().all(|run| *run < 5)));
        let mut sorted = all;
        sorted.iter_mut().for_each(|way| way.sort_unstable());
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 10);
        assert_eq!(ways(20, &(10..20).collect::<Vec<_>>()).len(), MOST_WAYS);
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
