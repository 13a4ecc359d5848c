//! Which figures changed by more than chance.
//!
//! Two families are tested, for the worse and for the better apart, so that of a hundred comparisons without any
//! difference at most five say worse and at most five better:
//!
//! 1. the figures of the whole run, by Mann and Whitney with Holm's adjustment. Where there are too few runs for that to find
//!    anything (three or four a side), they are asked in a fixed order instead, the mean response time first, but before it the
//!    error rate where runs differ in it by a point or more: what fails fast is no gain. What so was not asked, but is sorted as clearly for
//!    the worse as so few runs can be, is told, and nothing is called better beside it;
//! 2. the figures of operations, all at once by [`joint`]. They say where it happened: with fewer than [`OWN_RUNS`] runs a side they are
//!    asked only if the whole run changed in the same direction, and so cost it nothing. With more, they have a small share of the
//!    error for themselves, since a rare operation can change without the whole run showing it.
//!
//! A figure whose runs all have the same value, such as an error rate of 0, can't be found, and is not counted.

use super::judge::Samples;
use super::shift::shift;
use super::{holm, joint, ranks};

/// The probability that any figure is called worse although none is.
pub(super) const ALPHA: f64 = 0.05;

/// What is left of it for the whole run where operations have a part for themselves.
const WHOLE: f64 = 0.04;

/// That part; with it the two stay somewhat below the promise.
const OWN: f64 = 0.005;

/// Runs a side from which on they do.
const OWN_RUNS: usize = 6;

/// Runs a side without which there are no verdicts.
pub(in crate::analysis) const LEAST_RUNS: usize = 3;

/// What a figure's test told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Test {
    /// How likely by chance, of this figure alone.
    pub p: f64,
    /// The same adjusted to all figures, and to the part of [`ALPHA`] that they have.
    pub adjusted: f64,
    /// Whether it changed more than by chance.
    pub found: bool,
}

/// Whether so many runs a side are enough for verdicts.
pub(super) fn suffice(base: usize, new: usize) -> bool {
    base.min(new) >= LEAST_RUNS
}

/// Tests every figure in the direction in which it moved, none where there are too few runs; and whether that was in a fixed order.
pub(super) fn tests(samples: &[Samples]) -> (Vec<Option<Test>>, bool) {
    let (base, new) = samples.first().map_or((0, 0), |first| (first.base.len(), first.new.len()));
    if !suffice(base, new) {
        return (vec![None; samples.len()], false);
    }
    let few = few(samples);
    let mut counts = ranks::Counts::default();
    let worse = direction(samples, few, &mut counts, |(base, new)| (base, new));
    let better = direction(samples, few, &mut counts, |(base, new)| (new, base));
    let pick = samples.iter().zip(worse.into_iter().zip(better));
    let tests = pick.map(|(samples, (worse, better))| {
        let (base, new) = samples.badness();
        Some(if shift(&base, &new) < 0.0 { better } else { worse })
    });
    (tests.collect(), few)
}

/// The parts of the error that the whole run has, and that operations have for themselves.
fn levels(samples: &[Samples]) -> (f64, f64) {
    let runs = samples.first().map_or(0, |first| first.base.len().min(first.new.len()));
    if runs >= OWN_RUNS { (WHOLE, OWN) } else { (ALPHA, 0.0) }
}

/// Whether there are too few runs for any figure of the whole to be found among all.
fn few(samples: &[Samples]) -> bool {
    let moving = samples.iter().filter(|samples| samples.key.operation.is_none() && !samples.is_still()).count();
    let least = samples.first().map_or(1.0, |first| ranks::least_p(first.base.len(), first.new.len()));
    least * moving as f64 > levels(samples).0
}

/// Tests for one direction: `turn` gives the sides of which the second is asked whether it is higher.
fn direction(
    samples: &[Samples],
    few: bool,
    counts: &mut ranks::Counts,
    turn: impl Fn((Vec<f64>, Vec<f64>)) -> (Vec<f64>, Vec<f64>),
) -> Vec<Test> {
    let turned: Vec<(Vec<f64>, Vec<f64>)> = samples.iter().map(|samples| turn(samples.badness())).collect();
    let test = |(low, high): &(Vec<f64>, Vec<f64>)| Test { p: counts.p_higher(low, high), adjusted: 1.0, found: false };
    let mut tests: Vec<Test> = turned.iter().map(test).collect();
    let asked = |of_operations: bool| -> Vec<usize> {
        let of = |at: &usize| samples[*at].key.operation.is_some() == of_operations && !samples[*at].is_still();
        (0..samples.len()).filter(of).collect()
    };
    let (level, own) = levels(samples);

    let mut whole = asked(false);
    whole.sort_by_key(|at| samples[*at].turn());
    let ps: Vec<f64> = whole.iter().map(|at| tests[*at].p).collect();
    let adjusted = if few { holm::in_order(&ps) } else { holm::holm(&ps) };
    let (mut any, mut clearest) = (false, 1.0f64);
    for (at, adjusted) in whole.into_iter().zip(adjusted) {
        let found = adjusted <= level;
        // As if the level were the whole error, so that one bound holds for all that are shown.
        let shown = (adjusted * (ALPHA / level)).min(1.0);
        (any, clearest) = (any || found, clearest.min(shown));
        (tests[at].adjusted, tests[at].found) = (shown, found);
    }

    let operations = asked(true);
    let together = |at: &usize| [turned[*at].0.clone(), turned[*at].1.clone()].concat();
    let figures: Vec<Vec<f64>> = operations.iter().map(together).collect();
    let low = turned.first().map_or(0, |(low, _)| low.len());
    for (at, joint) in operations.into_iter().zip(joint::higher(&figures, low)) {
        // As clear as the whole run at most, unless that was found.
        let by_whole = if any { joint } else { joint.max(clearest) };
        let adjusted = if own > 0.0 { by_whole.min(joint * (ALPHA / own)) } else { by_whole };
        (tests[at].adjusted, tests[at].found) = (adjusted, (any && joint <= ALPHA) || joint <= own);
    }
    tests
}
