//! Verdicts: which figures changed, by more than chance and by as much as matters.
//!
//! Two families are tested, for the worse and for the better apart, so that of a hundred comparisons without any
//! difference at most five say worse and at most five better:
//!
//! 1. the figures of the whole run, by Mann and Whitney with Holm's adjustment. Where there are too few runs for that to find
//!    anything (three or four a side), they are asked in a fixed order instead, the mean response time first;
//! 2. the figures of operations, all at once by [`joint`]. They say where it happened: with fewer than [`OWN_RUNS`] runs a side they are
//!    asked only if the whole run changed in the same direction, and so cost it nothing. With more, they have a small share of the
//!    error for themselves, since a rare operation can change without the whole run showing it.
//!
//! A figure whose runs all have the same value, such as an error rate of 0, can't be found, and is not counted.

use super::figures::{Key, Kind};
use super::shift::{interval, median, shift};
use super::{holm, joint, ranks};
use crate::record::{ChangeVerdict, ComparedRecord};

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

/// The least rise of an error rate that matters, whatever the share of it that does: one in a thousand.
const LEAST_POINTS: f64 = 0.001;

/// A figure of all runs of both sides.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    /// Which figure.
    pub key: Key,
    /// That of each run of the base.
    pub base: Vec<f64>,
    /// That of each run of the other side.
    pub new: Vec<f64>,
}

/// What counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The least change that matters, a part of 1.
    pub min_change: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
}

impl Samples {
    /// The same so that higher is worse.
    fn badness(&self) -> (Vec<f64>, Vec<f64>) {
        let sign = if self.key.kind.more_is_better() { -1.0 } else { 1.0 };
        let of = |side: &[f64]| side.iter().map(|value| sign * value).collect();
        (of(&self.base), of(&self.new))
    }

    fn is_still(&self) -> bool {
        let mut all = self.base.iter().chain(&self.new);
        let first = all.next();
        all.all(|value| Some(value) == first)
    }

    /// The least change that matters, in the figure's unit.
    fn matters(&self, rule: &Rule) -> f64 {
        let part = rule.min_change * median(self.base.clone()).abs();
        if self.key.kind == Kind::ErrorRate { part.max(LEAST_POINTS) } else { part }
    }

    /// By how much two runs of the base differ in the median.
    pub fn noise(&self) -> Option<f64> {
        noise(&self.base)
    }

    /// The same for the side whose runs differ more.
    fn louder(&self) -> f64 {
        noise(&self.base).unwrap_or_default().max(noise(&self.new).unwrap_or_default())
    }
}

/// By how much two of these runs differ in the median; none of a single one.
fn noise(runs: &[f64]) -> Option<f64> {
    let pairs = runs.iter().enumerate().flat_map(|(at, a)| runs[..at].iter().map(move |b| (a - b).abs()));
    let differences: Vec<f64> = pairs.collect();
    (!differences.is_empty()).then(|| median(differences))
}

/// Judges all figures; without verdicts where there are too few runs.
pub(super) fn judge(samples: &[Samples], rule: &Rule) -> Vec<ComparedRecord> {
    let tests = tests(samples);
    samples.iter().zip(tests).map(|(samples, test)| compared(samples, rule, test)).collect()
}

/// What a figure's test told.
#[derive(Debug, Clone, Copy)]
struct Test {
    p: f64,
    adjusted: f64,
    /// Whether it changed more than by chance.
    found: bool,
}

fn compared(samples: &Samples, rule: &Rule, test: Option<Test>) -> ComparedRecord {
    let Samples { key, base, new } = samples;
    let shift = shift(base, new);
    let interval = interval(base, new, rule.draws);
    let base_median = median(base.clone());
    let by_base = |value: f64| match key.kind {
        Kind::ErrorRate => Some(value),
        _ => (base_median != 0.0).then(|| value / base_median),
    };
    ComparedRecord {
        name: key.name(),
        operation: key.operation.clone(),
        unit: key.kind.unit(),
        more_is_better: key.kind.more_is_better(),
        base: base.clone(),
        new: new.clone(),
        base_median,
        new_median: median(new.clone()),
        shift,
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        change: by_base(shift),
        noise: samples.noise().and_then(by_base),
        p: test.map(|test| test.p),
        p_adjusted: test.map(|test| test.adjusted),
        verdict: test.map_or(ChangeVerdict::Unclear, |test| verdict(samples, rule, shift, interval, test)),
    }
}

fn verdict(samples: &Samples, rule: &Rule, shift: f64, interval: Option<(f64, f64)>, test: Test) -> ChangeVerdict {
    let matters = samples.matters(rule);
    // Three runs a side are sorted wholly in exactly five of a hundred experiments; that the sides must differ by more than
    // the runs of one keeps the promise with something to spare.
    if test.found && shift.abs() >= matters && shift.abs() > samples.louder() {
        return if (shift > 0.0) == samples.key.kind.more_is_better() {
            ChangeVerdict::Better
        } else {
            ChangeVerdict::Worse
        };
    }
    match interval {
        Some((low, high)) if low >= -matters && high <= matters => ChangeVerdict::Unchanged,
        _ => ChangeVerdict::Unclear,
    }
}

/// Whether so many runs a side are enough for verdicts.
pub(super) fn suffice(base: usize, new: usize) -> bool {
    base.min(new) >= LEAST_RUNS
}

/// Tests every figure in the direction in which it moved; none where there are too few runs.
fn tests(samples: &[Samples]) -> Vec<Option<Test>> {
    let (base, new) = samples.first().map_or((0, 0), |first| (first.base.len(), first.new.len()));
    if !suffice(base, new) {
        return vec![None; samples.len()];
    }
    let worse = direction(samples, |(base, new)| (base, new));
    let better = direction(samples, |(base, new)| (new, base));
    let pick = samples.iter().zip(worse.into_iter().zip(better));
    pick.map(|(samples, (worse, better))| {
        let (base, new) = samples.badness();
        Some(if shift(&base, &new) < 0.0 { better } else { worse })
    })
    .collect()
}

/// Tests for one direction: `turn` gives the sides of which the second is asked whether it is higher.
fn direction(samples: &[Samples], turn: impl Fn((Vec<f64>, Vec<f64>)) -> (Vec<f64>, Vec<f64>)) -> Vec<Test> {
    let turned: Vec<(Vec<f64>, Vec<f64>)> = samples.iter().map(|samples| turn(samples.badness())).collect();
    let mut tests: Vec<Test> =
        turned.iter().map(|(low, high)| Test { p: ranks::p_higher(low, high), adjusted: 1.0, found: false }).collect();
    let asked = |of_operations: bool| -> Vec<usize> {
        let of = |at: &usize| samples[*at].key.operation.is_some() == of_operations && !samples[*at].is_still();
        (0..samples.len()).filter(of).collect()
    };
    let runs = samples.first().map_or((0, 0), |first| (first.base.len(), first.new.len()));
    let (level, own) = if runs.0.min(runs.1) >= OWN_RUNS { (WHOLE, OWN) } else { (ALPHA, 0.0) };

    let mut whole = asked(false);
    whole.sort_by_key(|at| samples[*at].key.kind);
    let ps: Vec<f64> = whole.iter().map(|at| tests[*at].p).collect();
    let reachable = ranks::least_p(runs.0, runs.1) * whole.len() as f64 <= level;
    let adjusted = if reachable { holm::holm(&ps) } else { holm::in_order(&ps) };
    let mut any = false;
    for (at, adjusted) in whole.into_iter().zip(adjusted) {
        let found = adjusted <= level;
        any |= found;
        (tests[at].adjusted, tests[at].found) = (adjusted, found);
    }

    let operations = asked(true);
    let together = |at: &usize| [turned[*at].0.clone(), turned[*at].1.clone()].concat();
    let figures: Vec<Vec<f64>> = operations.iter().map(together).collect();
    let low = turned.first().map_or(0, |(low, _)| low.len());
    let level = if any { ALPHA } else { own };
    for (at, adjusted) in operations.into_iter().zip(joint::higher(&figures, low)) {
        (tests[at].adjusted, tests[at].found) = (adjusted, adjusted <= level);
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { min_change: 0.05, draws: 500 };

    fn samples(kind: Kind, base: &[f64], new: &[f64]) -> Samples {
        Samples { key: Key { operation: None, kind }, base: base.to_vec(), new: new.to_vec() }
    }

    fn one(kind: Kind, base: &[f64], new: &[f64]) -> ComparedRecord {
        judge(&[samples(kind, base, new)], &RULE).remove(0)
    }

    #[test]
    fn the_direction_is_that_of_the_figure() {
        let (low, high) = ([100.0, 101.0, 102.0, 103.0, 104.0], [120.0, 121.0, 122.0, 123.0, 124.0]);
        assert_eq!(one(Kind::Mean, &low, &high).verdict, ChangeVerdict::Worse);
        assert_eq!(one(Kind::Mean, &high, &low).verdict, ChangeVerdict::Better);
        assert_eq!(one(Kind::Throughput, &low, &high).verdict, ChangeVerdict::Better);
        assert_eq!(one(Kind::Throughput, &high, &low).verdict, ChangeVerdict::Worse);
        let compared = one(Kind::Mean, &low, &high);
        assert_eq!((compared.shift, compared.base_median, compared.new_median), (20.0, 102.0, 122.0));
        assert!((compared.change.unwrap_or_default() - 20.0 / 102.0).abs() < 1e-12);
        assert!((compared.p.unwrap_or_default() - 1.0 / 252.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_certain_but_too_small_to_matter_is_unchanged() {
        let base = [100.0, 100.1, 100.2, 100.3, 100.4];
        let new = base.map(|value| value + 2.0);
        let compared = one(Kind::Mean, &base, &new);
        assert!(compared.p.is_some_and(|p| p < 0.01));
        assert_eq!(compared.verdict, ChangeVerdict::Unchanged);
    }

    #[test]
    fn what_may_or_may_not_matter_is_unclear() {
        let base = [100.0, 110.0, 95.0, 104.0, 98.0];
        assert_eq!(one(Kind::Mean, &base, &[103.0, 114.0, 97.0, 108.0, 99.0]).verdict, ChangeVerdict::Unclear);
    }

    #[test]
    fn two_runs_a_side_have_no_verdict_and_three_can_say_the_first_figure_alone() {
        let two = one(Kind::Mean, &[100.0, 101.0], &[200.0, 201.0]);
        assert_eq!((two.p, two.verdict), (None, ChangeVerdict::Unclear));
        let all: Vec<Samples> = [Kind::Throughput, Kind::Mean, Kind::P95, Kind::P99]
            .map(|kind| samples(kind, &[100.0, 101.0, 102.0], &[201.0, 202.0, 203.0]))
            .to_vec();
        let judged = judge(&all, &RULE);
        let verdict = |name: &str| judged.iter().find(|c| c.name == name).expect("it is there").verdict;
        // They are asked in order, and each was found; but that throughput rose is a question of its own.
        assert_eq!(verdict("response.mean"), ChangeVerdict::Worse);
        assert_eq!(verdict("response.p95"), ChangeVerdict::Worse);
        let mut quiet = all;
        quiet[1] = samples(Kind::Mean, &[100.0, 101.0, 102.0], &[101.5, 100.5, 102.5]);
        let judged = judge(&quiet, &RULE);
        assert!(judged.iter().all(|compared| compared.verdict != ChangeVerdict::Worse), "{judged:?}");
    }

    #[test]
    fn errors_are_compared_in_points_and_one_in_a_thousand_matters() {
        let none = [0.0; 5];
        assert_eq!(one(Kind::ErrorRate, &none, &none).verdict, ChangeVerdict::Unchanged);
        let some = one(Kind::ErrorRate, &none, &[0.02, 0.021, 0.022, 0.023, 0.024]);
        assert_eq!((some.verdict, some.change), (ChangeVerdict::Worse, Some(0.022)));
        let rare = one(Kind::ErrorRate, &none, &[0.0002, 0.0003, 0.0002, 0.0001, 0.0004]);
        assert_eq!(rare.verdict, ChangeVerdict::Unchanged);
    }

    #[test]
    fn operations_are_asked_when_the_whole_run_changed_or_with_six_runs_a_side() {
        let operation = |name: &str, runs: usize, by: f64| Samples {
            key: Key { operation: Some(name.into()), kind: Kind::Mean },
            base: (0..runs).map(|run| 100.0 + run as f64).collect(),
            new: (0..runs).map(|run| 100.4 + run as f64 + by).collect(),
        };
        let whole = |runs: usize, by: f64| Samples {
            key: Key { operation: None, kind: Kind::Mean },
            ..operation("", runs, by)
        };
        let verdict = |runs, by| {
            let judged = judge(&[whole(runs, by), operation("slow", runs, 50.0), operation("same", runs, 0.0)], &RULE);
            (judged[1].verdict, judged[2].verdict)
        };
        assert_eq!(verdict(5, 0.0).0, ChangeVerdict::Unclear);
        assert_eq!(verdict(5, 30.0).0, ChangeVerdict::Worse);
        assert_eq!(verdict(6, 0.0).0, ChangeVerdict::Worse);
        assert_ne!(verdict(6, 0.0).1, ChangeVerdict::Worse);
    }

    #[test]
    fn the_noise_is_what_runs_of_the_base_differ_by() {
        let compared = one(Kind::Mean, &[100.0, 102.0, 104.0], &[100.0, 102.0, 104.0]);
        assert!((compared.noise.unwrap_or_default() - 2.0 / 102.0).abs() < 1e-12);
    }
}
